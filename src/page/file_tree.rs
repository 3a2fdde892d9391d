//! The tree of files of the shortcode `filetree`: a list of names, in which what is indented is inside of what stands above.
//!
//! It is a Markdown list, or what `tree` prints. What stands behind a name is about it; a name in `**` is the one that
//! matters, and one in backticks may have spaces.

/// Folders inside each other are read so deep; what is deeper stands beside the last of them.
pub const DEPTH: usize = 10;

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, a folder's with `/` at the end.
    pub name: String,
    /// What is said about it, as Markdown.
    pub comment: String,
    /// What it is.
    pub kind: Kind,
    /// Whether the author made it stand out.
    pub is_marked: bool,
    /// What is inside.
    pub children: Vec<Self>,
}

/// What an entry of the tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder: its name ends in `/`, or something is inside.
    Folder,
    /// `…`: others, which do not matter.
    Others,
}

impl Kind {
    /// Its name in templates.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Folder => "folder",
            Self::Others => "others",
        }
    }
}

impl Entry {
    /// Closes the entry: what has something inside is a folder.
    fn closed(mut self) -> Self {
        if !self.children.is_empty() && self.kind == Kind::File {
            self.kind = Kind::Folder;
        }
        if self.kind == Kind::Folder && !self.name.ends_with('/') {
            self.name.push('/');
        }
        self
    }
}

/// The entries at the top of the tree that `text` draws.
#[must_use]
pub fn read(text: &str) -> Vec<Entry> {
    let mut roots: Vec<Entry> = Vec::new();
    // The entries that are still open, from the top down, with their indentation.
    let mut open: Vec<(usize, Entry)> = Vec::new();
    for line in text.lines() {
        let Some((indentation, entry)) = line_of(line) else { continue };
        while open.last().is_some_and(|(above, _)| *above >= indentation) || open.len() >= DEPTH {
            close(&mut open, &mut roots);
        }
        open.push((indentation, entry));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

/// Closes the innermost of the open entries, and puts it where it belongs.
fn close(open: &mut Vec<(usize, Entry)>, roots: &mut Vec<Entry>) {
    let Some((_, entry)) = open.pop() else { return };
    let siblings = open.last_mut().map_or(roots, |(_, above)| &mut above.children);
    siblings.push(entry.closed());
}

/// The entry of a line, and how far it is indented; none on a line without a name.
fn line_of(line: &str) -> Option<(usize, Entry)> {
    let is_drawn = |c: char| c.is_whitespace() || matches!(c, '│' | '├' | '└' | '─');
    let text = line.trim_start_matches(is_drawn);
    let before = &line[..line.len() - text.len()];
    let indentation = before.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
    let text = ["- ", "* ", "+ "].iter().find_map(|marker| text.strip_prefix(marker)).unwrap_or(text).trim();
    if text.is_empty() {
        return None;
    }
    let (name, is_marked, comment) = name_of(text);
    let kind = match name {
        "..." | "…" => Kind::Others,
        _ if name.ends_with('/') => Kind::Folder,
        _ => Kind::File,
    };
    let name = if kind == Kind::Others { "…" } else { name }.to_owned();
    Some((indentation, Entry { name, comment: comment.trim().to_owned(), kind, is_marked, children: Vec::new() }))
}

/// The name at the start of `text`, whether it is marked, and what stands behind it.
fn name_of(text: &str) -> (&str, bool, &str) {
    for (mark, is_marked) in [("**", true), ("__", true), ("`", false)] {
        let inside =
            text.strip_prefix(mark).and_then(|rest| rest.split_once(mark)).filter(|(name, _)| !name.is_empty());
        if let Some((name, rest)) = inside {
            let bare = name.strip_prefix('`').and_then(|name| name.strip_suffix('`')).filter(|name| !name.is_empty());
            return (bare.unwrap_or(name), is_marked, rest);
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], false, &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The tree in one line: folders with what is inside in brackets.
    fn drawn(entries: &[Entry]) -> String {
        let one = |entry: &Entry| {
            let mark = if entry.is_marked { "!" } else { "" };
            let comment = if entry.comment.is_empty() { String::new() } else { format!(" ({})", entry.comment) };
            let inside =
                if entry.children.is_empty() { String::new() } else { format!(" [{}]", drawn(&entry.children)) };
            format!("{mark}{}{comment}{inside}", entry.name)
        };
        entries.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_list_becomes_a_tree() {
        let text = "\n- config\n  - **configuration.yml** the one to *edit*\n  - users.yml\n  - secrets/\n- `my file.txt` has spaces\n- ...\n";
        assert_eq!(
            drawn(&read(text)),
            "config/ [!configuration.yml (the one to *edit*), users.yml, secrets/], my file.txt (has spaces), …"
        );
    }

    #[test]
    fn what_tree_prints_is_read_as_well() {
        let text =
            "etc\n├── authelia\n│\u{a0}\u{a0} ├── a.yml\n│\u{a0}\u{a0} └── b.yml\n└── nginx\n    └── site.conf\n";
        assert_eq!(drawn(&read(text)), "etc/ [authelia/ [a.yml, b.yml], nginx/ [site.conf]]");
    }

    #[test]
    fn tabs_indent_and_a_list_may_be_indented_as_a_whole() {
        assert_eq!(drawn(&read("  * a\n  \t* b\n  * c")), "a/ [b], c");
        assert_eq!(drawn(&read("    - a\n  - b")), "a, b", "less than the first is still at the top");
    }

    #[test]
    fn nothing_is_lost_below_the_last_level() {
        let text: String = (0..40).map(|depth| format!("{}- n{depth}\n", " ".repeat(depth))).collect();
        let drawn = drawn(&read(&text));
        assert!((0..40).all(|depth| drawn.contains(&format!("n{depth}"))), "{drawn}");
        assert!(drawn.matches('[').count() < DEPTH, "{drawn}");
    }

    proptest! {
        #[test]
        fn every_name_is_there_once(lines in prop::collection::vec((0usize..14, "[a-z]{1,4}"), 0..40)) {
            let text: String = lines.iter().map(|(depth, name)| format!("{}- {name}\n", " ".repeat(*depth))).collect();
            let names: Vec<&str> = lines.iter().map(|(_, name)| name.as_str()).collect();
            let drawn = drawn(&read(&text));
            let found: Vec<&str> = drawn.split([' ', ',', '[', ']', '/']).filter(|name| !name.is_empty()).collect();
            prop_assert_eq!(found, names);
        }
    }
}
