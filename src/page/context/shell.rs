//! Quotes of POSIX shells: single and double ones, command substitution inside of double ones, comments, here-documents (whose
//! text has no context), and console sessions, of which only the commands are looked at.

use super::quotes::line_end;
use super::{Context, Region};

/// Command substitutions in each other beyond this are not looked into.
const DEEPEST: usize = 64;

/// The regions between quotes of a shell script.
pub(super) fn script(bytes: &[u8]) -> Vec<Region> {
    let mut scanner = Scanner::new(bytes);
    scanner.scan(0, false);
    scanner.regions
}

/// The regions between quotes of the commands of a console session.
pub(super) fn session(bytes: &[u8]) -> Vec<Region> {
    let mut scanner = Scanner::new(bytes);
    let mut at = 0;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        at = match prompt(bytes.get(at..end).unwrap_or_default()) {
            Some(width) => scanner.scan(at + width, true),
            None => end + 1,
        };
    }
    scanner.regions
}

/// How many bytes of a line are its prompt: `$ `, `# `, `% ` or `> `, maybe behind `user@host:~` or something in brackets.
fn prompt(line: &[u8]) -> Option<usize> {
    let start = line.iter().position(|byte| *byte != b' ' && *byte != b'\t')?;
    let mark = line.windows(2).skip(start).position(|pair| matches!(pair, [b'$' | b'#' | b'%' | b'>', b' ']))? + start;
    let before = line.get(start..mark).unwrap_or_default();
    let host = before.contains(&b'@') || (before.starts_with(b"[") && before.contains(&b']'));
    let plain = !before.iter().any(|byte| b"'\"`=|;".contains(byte));
    (before.is_empty() || (host && plain)).then_some(mark + 2)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// `( )` or `$( )`.
    Parentheses,
    /// Between backticks.
    Backticks,
    /// Between double quotes; where the piece began that is being read.
    Double(usize),
}

struct HereDocument {
    word: Vec<u8>,
    tabs: bool,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    regions: Vec<Region>,
    /// The last single quote of the text: one that opens there is never closed, and needs no search.
    last_single: Option<usize>,
}

impl<'a> Scanner<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, regions: Vec::new(), last_single: bytes.iter().rposition(|byte| *byte == b'\'') }
    }

    fn get(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Reads from `at`: everything, or `one` command, which ends with its line. Gives the place behind it.
    fn scan(&mut self, mut at: usize, one: bool) -> usize {
        let mut frames: Vec<Frame> = Vec::new();
        let mut documents: Vec<HereDocument> = Vec::new();
        while let Some(byte) = self.get(at) {
            if frames.len() > DEEPEST {
                return self.bytes.len();
            }
            if let Some(Frame::Double(start)) = frames.last().copied() {
                at = self.in_double(at, byte, start, &mut frames);
                continue;
            }
            at = match byte {
                b'\n' => {
                    let next = documents.drain(..).fold(at + 1, |at, document| self.behind(at, &document));
                    if one && frames.is_empty() {
                        return next;
                    }
                    next
                }
                b'\\' => at + 2,
                b'\'' => match self.single(at) {
                    Some(next) => next,
                    None if one => return line_end(self.bytes, at) + 1,
                    None => return self.bytes.len(),
                },
                b'"' => {
                    frames.push(Frame::Double(at + 1));
                    at + 1
                }
                b'$' if self.get(at + 1) == Some(b'\'') => self.ansi(at + 2),
                b'#' if self.begins_word(at) => line_end(self.bytes, at),
                b'(' => {
                    frames.push(Frame::Parentheses);
                    at + 1
                }
                b')' => {
                    if frames.last() == Some(&Frame::Parentheses) {
                        close(&mut frames, at + 1);
                    }
                    at + 1
                }
                b'`' => {
                    if frames.last() == Some(&Frame::Backticks) {
                        close(&mut frames, at + 1);
                    } else {
                        frames.push(Frame::Backticks);
                    }
                    at + 1
                }
                b'<' if self.get(at + 1) == Some(b'<') => self.here_document(at, &mut documents),
                _ => at + 1,
            };
        }
        self.bytes.len()
    }

    fn in_double(&mut self, at: usize, byte: u8, start: usize, frames: &mut Vec<Frame>) -> usize {
        let region = Region { start, end: at, context: Context::ShellDouble };
        match byte {
            b'\\' => at + 2,
            b'"' => {
                self.regions.push(region);
                frames.pop();
                at + 1
            }
            b'`' => {
                self.regions.push(region);
                frames.push(Frame::Backticks);
                at + 1
            }
            b'$' if self.get(at + 1) == Some(b'(') => {
                self.regions.push(region);
                frames.push(Frame::Parentheses);
                at + 2
            }
            _ => at + 1,
        }
    }

    fn single(&mut self, open: usize) -> Option<usize> {
        self.last_single.filter(|last| *last > open)?;
        let end = self.bytes.iter().skip(open + 1).position(|byte| *byte == b'\'')? + open + 1;
        self.regions.push(Region { start: open + 1, end, context: Context::ShellSingle });
        Some(end + 1)
    }

    /// Behind a `$'…'`, whose escapes are its own: it has no context.
    fn ansi(&self, mut at: usize) -> usize {
        while let Some(byte) = self.get(at) {
            match byte {
                b'\\' => at += 2,
                b'\'' => return at + 1,
                _ => at += 1,
            }
        }
        at
    }

    fn begins_word(&self, at: usize) -> bool {
        at.checked_sub(1)
            .and_then(|before| self.get(before))
            .is_none_or(|byte| byte.is_ascii_whitespace() || b";&|(".contains(&byte))
    }

    /// Takes note of a here-document whose `<<` stands at `at`.
    fn here_document(&self, at: usize, documents: &mut Vec<HereDocument>) -> usize {
        let mut at = at + 2;
        if self.get(at) == Some(b'<') {
            return at + 1;
        }
        let tabs = self.get(at) == Some(b'-');
        at += usize::from(tabs);
        while matches!(self.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        let start = at;
        while self.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_'\"\\-.".contains(&byte)) {
            at += 1;
        }
        let word: Vec<u8> = self
            .bytes
            .get(start..at)
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|byte| !b"'\"\\".contains(byte))
            .collect();
        // `1 << 2` is arithmetic.
        if word.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
            documents.push(HereDocument { word, tabs });
        }
        at
    }

    /// Behind the text of a here-document that begins at `at`.
    fn behind(&self, mut at: usize, document: &HereDocument) -> usize {
        while at < self.bytes.len() {
            let end = line_end(self.bytes, at);
            let line = self.bytes.get(at..end).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let indent = if document.tabs { line.iter().take_while(|byte| **byte == b'\t').count() } else { 0 };
            at = end + 1;
            if line.get(indent..) == Some(document.word.as_slice()) {
                break;
            }
        }
        at
    }
}

/// Leaves a command substitution: what it stood in, if that are double quotes, goes on at `at`.
fn close(frames: &mut Vec<Frame>, at: usize) {
    frames.pop();
    if let Some(Frame::Double(start)) = frames.last_mut() {
        *start = at;
    }
}
