//! Quotes of YAML: only a quote where a node begins opens a quoted scalar (`it's` is plain), block scalars have no context,
//! and neither have comments. Guides show excerpts, so nothing is required of the whole.

use super::quotes::{line_end, starts_with};
use super::{Context, Region};

/// The regions between quotes of a YAML text.
pub(super) fn regions(bytes: &[u8]) -> Vec<Region> {
    let last = |quote: u8| bytes.iter().rposition(|byte| *byte == quote);
    let mut scanner = Scanner {
        bytes,
        at: 0,
        regions: Vec::new(),
        flow: 0,
        node: true,
        parent: None,
        line: 0,
        last_single: last(b'\''),
        last_double: last(b'"'),
    };
    while scanner.at < bytes.len() {
        scanner.line();
    }
    scanner.regions
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    regions: Vec<Region>,
    /// How many `[` and `{` are open.
    flow: usize,
    /// Whether a node may begin here.
    node: bool,
    /// The column of the last `-` or key of this line: a block scalar's text stands further in.
    parent: Option<usize>,
    /// Where this line began.
    line: usize,
    /// Behind the last quote of each kind none is closed, and none needs to be searched for.
    last_single: Option<usize>,
    last_double: Option<usize>,
}

impl Scanner<'_> {
    fn peek(&self, by: usize) -> Option<u8> {
        self.bytes.get(self.at + by).copied()
    }

    /// Whether white space or the end stands `by` bytes ahead.
    fn space(&self, by: usize) -> bool {
        self.peek(by).is_none_or(|byte| byte.is_ascii_whitespace())
    }

    fn column(&self) -> usize {
        self.at.saturating_sub(self.line)
    }

    fn line(&mut self) {
        self.line = self.at;
        if self.flow == 0 {
            self.node = true;
            self.parent = None;
            if starts_with(self.bytes, self.at, b"---") && self.space(3) {
                self.at += 3;
            }
        }
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    return;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'#' if self.begins_word() => self.at = line_end(self.bytes, self.at),
                _ if self.node => self.begin(byte),
                _ => self.behind(byte),
            }
        }
    }

    fn begins_word(&self) -> bool {
        self.at.checked_sub(1).and_then(|before| self.bytes.get(before)).is_none_or(u8::is_ascii_whitespace)
    }

    /// Where a node may begin.
    fn begin(&mut self, byte: u8) {
        match byte {
            b'-' | b'?' if self.flow == 0 && self.space(1) => {
                self.parent = Some(self.column());
                self.at += 1;
            }
            b'\'' | b'"' => self.quoted(byte),
            b'[' | b'{' => {
                self.flow += 1;
                self.at += 1;
            }
            b']' | b'}' | b',' if self.flow > 0 => self.behind(byte),
            b'&' | b'!' | b'*' => {
                while !(self.space(0) || self.flow > 0 && self.peek(0) == Some(b',')) {
                    self.at += 1;
                }
            }
            b'|' | b'>' if self.flow == 0 && self.is_header() => self.block_scalar(),
            _ => self.plain(),
        }
    }

    /// Behind a node: what follows it up to the next one.
    fn behind(&mut self, byte: u8) {
        match byte {
            b':' => self.node = true,
            b',' if self.flow > 0 => self.node = true,
            b']' | b'}' => {
                self.flow = self.flow.saturating_sub(1);
                self.node = false;
            }
            _ => {}
        }
        self.at += 1;
    }

    fn quoted(&mut self, quote: u8) {
        let column = self.column();
        let (last, context) = if quote == b'\'' {
            (&mut self.last_single, Context::YamlSingle)
        } else {
            (&mut self.last_double, Context::YamlDouble)
        };
        let open = self.at;
        if last.is_some_and(|last| last > open) {
            let mut at = open + 1;
            while let Some(byte) = self.bytes.get(at) {
                if *byte == b'\\' && quote == b'"' {
                    at += 2;
                } else if *byte != quote {
                    at += 1;
                } else if quote == b'\'' && self.bytes.get(at + 1) == Some(&quote) {
                    at += 2;
                } else {
                    self.regions.push(Region { start: open + 1, end: at, context });
                    self.at = at + 1;
                    self.node = false;
                    if self.flow == 0 {
                        self.parent = Some(column);
                    }
                    return;
                }
            }
            *last = None;
        }
        self.plain();
    }

    fn plain(&mut self) {
        let column = self.column();
        self.node = false;
        while let Some(byte) = self.peek(0) {
            let flow = self.flow > 0;
            match byte {
                b'\n' => return,
                b'#' if self.begins_word() => return,
                b':' if self.space(1) || (flow && matches!(self.peek(1), Some(b',' | b'[' | b']' | b'{' | b'}'))) => {
                    self.at += 1;
                    self.node = true;
                    if !flow {
                        self.parent = Some(column);
                    }
                    return;
                }
                b',' | b'[' | b']' | b'{' | b'}' if flow => {
                    self.node = matches!(byte, b'[' | b'{');
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    /// Whether `|` or `>` is the header of a block scalar: indicators, then nothing but a comment.
    fn is_header(&self) -> bool {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let indicators =
            rest.iter().take(3).take_while(|byte| byte.is_ascii_digit() || **byte == b'+' || **byte == b'-').count();
        let rest = rest.get(indicators..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        let ends = matches!(rest.get(blanks), None | Some(b'\n'));
        indicators <= 2 && (ends || (blanks > 0 && rest.get(blanks) == Some(&b'#')))
    }

    /// Goes behind the text of a block scalar: the lines that stand further in than its parent, and blank ones.
    fn block_scalar(&mut self) {
        self.at = line_end(self.bytes, self.at) + 1;
        while self.at < self.bytes.len() {
            let end = line_end(self.bytes, self.at);
            let line = self.bytes.get(self.at..end).unwrap_or_default();
            let indent = line.iter().take_while(|byte| **byte == b' ').count();
            let blank = line.iter().all(u8::is_ascii_whitespace);
            let outside = match self.parent {
                Some(parent) => indent <= parent,
                None => starts_with(line, 0, b"---"),
            };
            if outside && !blank {
                break;
            }
            self.at = end + 1;
        }
        self.line = self.at;
        self.node = true;
        self.parent = None;
    }
}
