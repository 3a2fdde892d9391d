//! Reading a pattern: the subset, and what is refused of what others read.

use super::PatternError;

const LONGEST: usize = 500;
const DEEPEST: usize = 32;
const MOST_REPEATED: u32 = 1000;
/// The last code point.
pub(super) const LAST: u32 = 0x10_ffff;

/// Ranges of code points, both ends in.
pub(super) type Class = Vec<(u32, u32)>;

/// A pattern, read.
#[derive(Debug)]
pub(super) enum Node {
    Class(Class),
    Sequence(Vec<Self>),
    Choice(Vec<Self>),
    Repeat { node: Box<Self>, least: u32, most: Option<u32> },
}

/// Where reading stands.
pub(super) struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    pub(super) fn new(source: &str) -> Result<Self, PatternError> {
        let chars: Vec<char> = source.chars().collect();
        if chars.len() > LONGEST {
            return Err(PatternError {
                message: format!("the pattern is longer than {LONGEST} characters"),
                at: LONGEST,
            });
        }
        Ok(Self { chars, at: 0, depth: 0 })
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, PatternError> {
        Err(PatternError { message: message.into(), at: self.at })
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn ahead(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(by, c)| self.chars.get(self.at + by) == Some(&c))
    }

    pub(super) fn parse(mut self) -> Result<Node, PatternError> {
        if self.peek() == Some('^') {
            self.at += 1;
        }
        let node = self.choice()?;
        match self.peek() {
            None => Ok(node),
            _ => self.error("this `)` closes nothing; write `\\)` for the character"),
        }
    }

    fn choice(&mut self) -> Result<Node, PatternError> {
        let mut branches = vec![self.sequence()?];
        while self.peek() == Some('|') {
            self.at += 1;
            branches.push(self.sequence()?);
        }
        Ok(Node::Choice(branches))
    }

    fn sequence(&mut self) -> Result<Node, PatternError> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            let node = match c {
                '|' | ')' => break,
                '$' if self.depth == 0 && self.at + 1 == self.chars.len() => {
                    self.at += 1;
                    break;
                }
                '^' | '$' => return self.error(format!(
                    "`{c}` is not needed: a pattern always speaks of the whole value; write `\\{c}` for the character"
                )),
                '*' | '+' | '?' | '{' => {
                    return self.error(format!("`{c}` repeats nothing; write `\\{c}` for the character"));
                }
                '}' | ']' => return self.error(format!("write `\\{c}` for the character")),
                '(' => self.group()?,
                '[' => Node::Class(self.class()?),
                '.' => {
                    self.at += 1;
                    Node::Class(vec![(0, LAST)])
                }
                '\\' => Node::Class(self.escape()?),
                _ => {
                    self.at += 1;
                    Node::Class(vec![(u32::from(c), u32::from(c))])
                }
            };
            nodes.push(self.repeated(node)?);
        }
        Ok(Node::Sequence(nodes))
    }

    fn group(&mut self) -> Result<Node, PatternError> {
        if self.ahead("(?") && !self.ahead("(?:") {
            return self.error("only `( )` and `(?: )` group here: no look-around, names or flags");
        }
        if self.depth == DEEPEST {
            return self.error(format!("more than {DEEPEST} groups in each other"));
        }
        let open = self.at;
        self.at += if self.ahead("(?:") { 3 } else { 1 };
        self.depth += 1;
        let node = self.choice()?;
        self.depth -= 1;
        if self.peek() != Some(')') {
            self.at = open;
            return self.error("this `(` is not closed");
        }
        self.at += 1;
        Ok(node)
    }

    fn repeated(&mut self, node: Node) -> Result<Node, PatternError> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.bounds()?,
            _ => return Ok(node),
        };
        self.at += 1;
        if matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
            return self.error("two repetitions in a row; put the first into `(?: )`");
        }
        Ok(Node::Repeat { node: Box::new(node), least, most })
    }

    /// `{n}`, `{n,}` or `{n,m}`; stays at the closing brace.
    fn bounds(&mut self) -> Result<(u32, Option<u32>), PatternError> {
        let open = self.at;
        let close = self.chars.iter().skip(open).position(|c| *c == '}').map(|by| open + by);
        let inside: String =
            close.and_then(|close| self.chars.get(open + 1..close)).unwrap_or_default().iter().collect();
        let number =
            |text: &str| if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse::<u32>().ok() } else { None };
        let bounds = match inside.split_once(',') {
            None => number(&inside).map(|exactly| (exactly, Some(exactly))),
            Some((least, "")) => number(least).map(|least| (least, None)),
            Some((least, most)) => number(least).zip(number(most)).map(|(least, most)| (least, Some(most))),
        };
        let Some((least, most)) = bounds else {
            return self.error("write `{2}`, `{2,}` or `{2,5}`, and `\\{` for the character");
        };
        if most.is_some_and(|most| most < least) || most.unwrap_or(least) > MOST_REPEATED {
            return self.error(format!("the bounds must rise, and not above {MOST_REPEATED}"));
        }
        self.at = close.unwrap_or(open);
        Ok((least, most))
    }

    fn escape(&mut self) -> Result<Class, PatternError> {
        let Some(c) = self.chars.get(self.at + 1).copied() else {
            return self.error("a `\\` at the end");
        };
        let class = match c {
            'd' => digits(),
            'w' => words(),
            's' => spaces(),
            'D' => negated(digits()),
            'W' => negated(words()),
            'S' => negated(spaces()),
            _ if "^$\\.*+?()[]{}|/-".contains(c) => vec![(u32::from(c), u32::from(c))],
            '0'..='9' | 'k' => return self.error("there are no back references here"),
            _ => return self.error(format!("there is no `\\{c}` here; see the manual for what a pattern can say")),
        };
        self.at += 2;
        Ok(class)
    }

    fn class(&mut self) -> Result<Class, PatternError> {
        let open = self.at;
        self.at += 1;
        let negative = self.peek() == Some('^');
        if negative {
            self.at += 1;
        }
        let mut class = Class::new();
        loop {
            match self.peek() {
                None => {
                    self.at = open;
                    return self.error("this `[` is not closed");
                }
                Some(']') => break,
                Some(_) => class.extend(self.class_member()?),
            }
        }
        if class.is_empty() {
            return self.error("an empty class; write `\\]` for the character");
        }
        self.at += 1;
        let class = merged(class);
        Ok(if negative { negated(class) } else { class })
    }

    fn class_member(&mut self) -> Result<Class, PatternError> {
        for doubled in ["&&", "--", "~~"] {
            if self.ahead(doubled) {
                return self
                    .error(format!("`{doubled}` means something else elsewhere; write one, or a backslash before it"));
            }
        }
        let from = self.class_atom()?;
        let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
        let first = match from.as_slice() {
            _ if !is_range => return Ok(from),
            [(low, high)] if low == high => *low,
            _ => return self.error("a range must go from one character up to another"),
        };
        self.at += 1;
        let to = self.class_atom()?;
        match to.as_slice() {
            [(low, high)] if low == high && *low >= first => Ok(vec![(first, *low)]),
            _ => self.error("a range must go from one character up to another"),
        }
    }

    fn class_atom(&mut self) -> Result<Class, PatternError> {
        match self.peek() {
            Some('\\') => self.escape(),
            Some('[') => self.error("write `\\[` for the character"),
            Some(c) => {
                self.at += 1;
                Ok(vec![(u32::from(c), u32::from(c))])
            }
            None => self.error("the class is not closed"),
        }
    }
}

fn digits() -> Class {
    vec![(0x30, 0x39)]
}

fn words() -> Class {
    vec![(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)]
}

fn spaces() -> Class {
    vec![(0x09, 0x0d), (0x20, 0x20)]
}

fn merged(mut class: Class) -> Class {
    class.sort_unstable();
    let mut out: Class = Vec::with_capacity(class.len());
    for (low, high) in class {
        match out.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => out.push((low, high)),
        }
    }
    out
}

fn negated(class: Class) -> Class {
    let mut out = Class::new();
    let mut from = 0;
    for (low, high) in class {
        if low > from {
            out.push((from, low - 1));
        }
        from = high + 1;
    }
    if from <= LAST {
        out.push((from, LAST));
    }
    out
}
