//! Where the keys and values of a YAML text stand: a tree of spans in one list, made without recursion.

use crate::base::Span;
use crate::base::reserved::first_reserved;
use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;

/// The places of a document. When the text breaks off, what came before is there.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Keys that one map has twice, in the order of the text.
    pub(super) duplicates: Vec<Duplicate>,
    /// Where values with tags of no standard stand.
    pub(super) tags: Vec<Span>,
    /// The first key or value that has a character in it which guidegen keeps for itself, and where it stands.
    pub(super) reserved: Option<(char, Span)>,
}

/// A key that one map has twice.
#[derive(Debug)]
pub(super) struct Duplicate {
    pub(super) key: String,
    pub(super) first: Span,
    pub(super) again: Span,
}

#[derive(Debug)]
struct Node {
    span: Span,
    children: Children,
}

#[derive(Debug)]
enum Children {
    None,
    List(Vec<usize>),
    Map(IndexMap<String, (Span, usize)>),
}

/// A list or a map that is still open.
struct Open {
    node: usize,
    /// The key whose value comes next.
    key: Option<(String, Span)>,
    /// The node is itself the key of its map: it cannot be named, and neither can its value.
    is_map: bool,
}

impl Tree {
    /// Reads `text`, which starts at byte `start` of its source.
    pub(super) fn read(text: &str, start: usize) -> Self {
        let offsets = Offsets::of(text, start);
        let mut builder = Builder { tree: Self::default(), open: Vec::new(), anchors: BTreeMap::new() };
        let mut parser = Parser::new_from_str(text);
        let mut is_whole = false;
        while let Some(Ok((event, span))) = parser.next_event() {
            let span = Span::new(offsets.byte(span.start.index()), offsets.byte(span.end.index()));
            if matches!(event, Event::DocumentEnd) {
                is_whole = true;
                break;
            }
            let is_quoted =
                matches!(&event, Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..));
            builder.take(event, written(text, start, span, is_quoted));
        }
        let mut tree = builder.tree;
        if !is_whole {
            tree.add_lines(text, start);
        }
        tree
    }

    /// Adds the keys that stand at the start of a line, where the parser of places has given up on a text that the
    /// parser of values takes: the two are not equally strict about texts that run over lines.
    fn add_lines(&mut self, text: &str, start: usize) {
        if self.nodes.is_empty() {
            let span = Span::new(start, start + text.len());
            self.nodes.push(Node { span, children: Children::Map(IndexMap::new()) });
        }
        let known_to = self.nodes.last().map_or(0, |node| node.span.start);
        let mut at = start;
        for line in text.split_inclusive('\n') {
            let line_start = at;
            at += line.len();
            let Some((key, value)) = line.split_once(':') else { continue };
            if line_start <= known_to && self.nodes.len() > 1 || line.starts_with([' ', '\t', '#', '-', '\r', '\n']) {
                continue;
            }
            let key_span = Span::new(line_start, line_start + key.trim_end().len());
            let value_start = at - value.trim_start().len();
            let value_span = Span::new(value_start, value_start + value.trim().len());
            let node = self.nodes.len();
            self.nodes.push(Node { span: value_span, children: Children::None });
            let name = key.trim_end().trim_matches(['"', '\'']).to_owned();
            let Some(Node { children: Children::Map(entries), .. }) = self.nodes.first_mut() else { return };
            match entries.get(&name) {
                Some((first, _)) => {
                    self.duplicates.push(Duplicate { key: name, first: *first, again: key_span });
                }
                None => {
                    entries.insert(name, (key_span, node));
                }
            }
        }
    }

    /// Where the value at `path` stands, or the nearest parent that is there.
    pub(super) fn value_span(&self, path: &[&str]) -> Option<Span> {
        let mut node = self.nodes.first()?;
        for step in path {
            match self.child(node, step) {
                Some((_, child)) => node = child,
                None => break,
            }
        }
        Some(node.span)
    }

    /// Where the value at `path` stands, if all of the path is there.
    pub(super) fn value_span_exact(&self, path: &[&str]) -> Option<Span> {
        let mut node = self.nodes.first()?;
        for step in path {
            node = self.child(node, step)?.1;
        }
        Some(node.span)
    }

    /// Where the key at `path` stands, or the nearest parent's key or value that is there.
    pub(super) fn key_span(&self, path: &[&str]) -> Option<Span> {
        let mut node = self.nodes.first()?;
        let mut found = node.span;
        for step in path {
            let Some((key, child)) = self.child(node, step) else { break };
            found = key.unwrap_or(child.span);
            node = child;
        }
        Some(found)
    }

    /// The entry `step` of a list or a map: where its key stands, and the entry.
    fn child(&self, node: &Node, step: &str) -> Option<(Option<Span>, &Node)> {
        match &node.children {
            Children::None => None,
            Children::List(entries) => {
                let child = *entries.get(step.parse::<usize>().ok()?)?;
                Some((None, self.nodes.get(child)?))
            }
            Children::Map(entries) => {
                if let Some((key, child)) = entries.get(step) {
                    return Some((Some(*key), self.nodes.get(*child)?));
                }
                self.merged(entries, step)
            }
        }
    }

    /// The entry `step` that a map takes over by `<<`, one level deep: enough to point at.
    fn merged(&self, entries: &IndexMap<String, (Span, usize)>, step: &str) -> Option<(Option<Span>, &Node)> {
        let from = self.nodes.get(entries.get("<<")?.1)?;
        let maps = match &from.children {
            Children::List(maps) => maps.iter().filter_map(|map| self.nodes.get(*map)).collect(),
            _ => vec![from],
        };
        maps.into_iter().find_map(|map| match &map.children {
            Children::Map(entries) => {
                entries.get(step).and_then(|(key, child)| Some((Some(*key), self.nodes.get(*child)?)))
            }
            _ => None,
        })
    }
}

struct Builder {
    tree: Tree,
    open: Vec<Open>,
    anchors: BTreeMap<usize, usize>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Scalar(text, _, anchor, tag) => {
                if tag.is_some_and(|tag| !tag.is_yaml_core_schema()) {
                    self.tree.tags.push(span);
                }
                if self.tree.reserved.is_none() {
                    self.tree.reserved = first_reserved(&text).map(|(_, c)| (c, span));
                }
                if self.awaits_key() {
                    // An alias may repeat a key; its text is not kept for that: such a value is not found by path.
                    self.set_key(text.into_owned(), span);
                } else {
                    self.add(Node { span, children: Children::None }, anchor);
                }
            }
            Event::Alias(anchor) => {
                if self.awaits_key() {
                    self.set_key(String::new(), span);
                } else if let Some(node) = self.anchors.get(&anchor).copied() {
                    self.attach(node);
                } else {
                    self.add(Node { span, children: Children::None }, 0);
                }
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(span, Children::List(Vec::new()), anchor, tag.is_some_and(|tag| !tag.is_yaml_core_schema()));
            }
            Event::MappingStart(anchor, tag) => {
                self.open(
                    span,
                    Children::Map(IndexMap::new()),
                    anchor,
                    tag.is_some_and(|tag| !tag.is_yaml_core_schema()),
                );
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => {}
        }
    }

    /// Whether the next node is a key of the innermost map.
    fn awaits_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_map && open.key.is_none())
    }

    fn set_key(&mut self, key: String, span: Span) {
        if let Some(open) = self.open.last_mut() {
            open.key = Some((key, span));
        }
    }

    fn add(&mut self, node: Node, anchor: usize) -> usize {
        let index = self.tree.nodes.len();
        self.tree.nodes.push(node);
        if anchor > 0 {
            self.anchors.insert(anchor, index);
        }
        self.attach(index);
        index
    }

    /// Makes a node an entry of the innermost open list or map.
    fn attach(&mut self, child: usize) {
        let Some(open) = self.open.last_mut() else { return };
        let Some(parent) = self.tree.nodes.get_mut(open.node) else { return };
        match &mut parent.children {
            Children::None => {}
            Children::List(entries) => entries.push(child),
            Children::Map(entries) => {
                let Some((key, span)) = open.key.take() else { return };
                match entries.get(&key) {
                    Some((first, _)) if key != "<<" => {
                        let first = *first;
                        self.tree.duplicates.push(Duplicate { key, first, again: span });
                    }
                    Some(_) => {}
                    None => {
                        entries.insert(key, (span, child));
                    }
                }
            }
        }
    }

    fn open(&mut self, span: Span, children: Children, anchor: usize, is_tagged: bool) {
        if is_tagged {
            self.tree.tags.push(span);
        }
        let is_map = matches!(children, Children::Map(_));
        // A list or a map as a key cannot be named by a path: it stands beside the tree.
        let node = if self.awaits_key() {
            self.set_key(String::new(), span);
            self.tree.nodes.push(Node { span, children });
            self.tree.nodes.len() - 1
        } else {
            self.add(Node { span, children }, anchor)
        };
        self.open.push(Open { node, key: None, is_map });
    }

    fn close(&mut self, end: Span) {
        let Some(open) = self.open.pop() else { return };
        // A block ends where the next thing starts: its own end is that of its last entry.
        let last = match self.tree.nodes.get(open.node).map(|node| &node.children) {
            Some(Children::List(entries)) => entries.last().copied(),
            Some(Children::Map(entries)) => entries.last().map(|(_, (_, child))| *child),
            _ => None,
        };
        let last_end = last.and_then(|last| self.tree.nodes.get(last)).map(|last| last.span.end);
        if let Some(node) = self.tree.nodes.get_mut(open.node) {
            let end = if end.is_empty() { last_end.unwrap_or(node.span.end) } else { end.end };
            node.span = Span::new(node.span.start, end.max(node.span.end));
        }
    }
}

/// `span` without the space at its end, and without the comment that the parser takes in behind a quoted text.
fn written(text: &str, start: usize, span: Span, is_quoted: bool) -> Span {
    let Some(written) = text.get(span.start - start..span.end - start) else { return span };
    let len = match written.as_bytes().first() {
        Some(b'"') if is_quoted => quoted(written, b'"', Some(b'\\')),
        Some(b'\'') if is_quoted => quoted(written, b'\'', None),
        _ => None,
    };
    Span::new(span.start, span.start + len.unwrap_or(written.trim_end().len()))
}

/// The length of the quoted text at the start of `text`. In single quotation marks a doubled one stands for one, in
/// double ones a backslash takes the next character with it.
fn quoted(text: &str, mark: u8, escape: Option<u8>) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        let byte = *bytes.get(at)?;
        if Some(byte) == escape {
            at += 2;
        } else if byte != mark {
            at += 1;
        } else if escape.is_none() && bytes.get(at + 1) == Some(&mark) {
            at += 2;
        } else {
            return Some(at + 1);
        }
    }
}

/// Bytes of characters: the parser counts characters.
enum Offsets {
    /// Characters are bytes.
    Ascii { start: usize, len: usize },
    /// The byte of each character, and of the end.
    Wide { start: usize, bytes: Vec<u32> },
}

impl Offsets {
    fn of(text: &str, start: usize) -> Self {
        if text.is_ascii() {
            return Self::Ascii { start, len: text.len() };
        }
        let ends = std::iter::once(text.len());
        let bytes = text.char_indices().map(|(at, _)| at).chain(ends).map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        Self::Wide { start, bytes: bytes.collect() }
    }

    fn byte(&self, character: usize) -> usize {
        match self {
            Self::Ascii { start, len } => start + character.min(*len),
            Self::Wide { start, bytes } => {
                let at = bytes.get(character).or(bytes.last()).copied().unwrap_or(0);
                start + at as usize
            }
        }
    }
}
