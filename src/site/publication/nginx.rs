//! `_redirects` as maps for nginx.

use crate::base::address;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A rule of `_redirects`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule<'a> {
    /// Its line, from 1.
    pub line: usize,
    /// Which path.
    pub from: &'a str,
    /// Where to.
    pub to: &'a str,
    /// The status; 301 when there is none.
    pub status: u16,
}

/// The rules of `_redirects`, and the lines that are none.
#[must_use]
pub fn rules(text: &str) -> (Vec<Rule<'_>>, Vec<usize>) {
    let (mut rules, mut wrong) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        let line_number = at + 1;
        let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        let status = |word: &str| word.trim_end_matches('!').parse().ok();
        let rule = match words[..] {
            [] => continue,
            [from, to] => Some((from, to, 301)),
            [from, to, code] => status(code).map(|status| (from, to, status)),
            _ => None,
        };
        match rule {
            Some((from, to, status)) => rules.push(Rule { line: line_number, from, to, status }),
            None => wrong.push(line_number),
        }
    }
    (rules, wrong)
}

/// What the rules of one status compare a request with, in nginx's writing, and where they lead.
#[derive(Debug, Default)]
struct Entries {
    texts: Vec<(String, String)>,
    patterns: Vec<(String, String)>,
}

/// What is never in a part of a request that goes into an answer: what ends a header, and what ends a path. A backslash is a
/// slash for browsers.
const UNCAUGHT: &str = r"\x00-\x20\x7f?#\\";

/// A path with segments that lead up or nowhere: it is not below what it begins with.
const DOTS: &str = r"~^[^?]*/(?:\.|%2[Ee]){1,2}(?:[/?]|$)";

/// The maps for the redirects in `text`, and the lines that nginx has no map for.
#[must_use]
pub fn maps(text: &str) -> (String, Vec<usize>) {
    let (rules, mut left_out) = rules(text);
    let mut maps: BTreeMap<u16, Entries> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for rule in &rules {
        let source = source(rule.from).filter(|_| matches!(rule.status, 301 | 302 | 303 | 307 | 308));
        let entry = source.and_then(|(from, names)| Some((from, target(rule.to, &names)?)));
        match entry {
            // The first rule wins, as it does on the hosts that read the file.
            Some((from, to)) => {
                if known.insert(from.clone()) {
                    let entries = maps.entry(rule.status).or_default();
                    let is_pattern = from.starts_with("\"~");
                    if is_pattern { &mut entries.patterns } else { &mut entries.texts }.push((from, to));
                }
            }
            None => left_out.push(rule.line),
        }
    }
    left_out.sort_unstable();
    if maps.is_empty() {
        return ("# Made by guidegen: the site has no redirects.\n".to_owned(), left_out);
    }
    let mut out = String::from(
        "# Made by guidegen: redirects of the site. Include it inside of `http { … }`, and in the server:\n",
    );
    for status in maps.keys() {
        // Writing to a string cannot fail.
        let _ =
            writeln!(out, "#   if ($guidegen_redirect_{status}) {{ return {status} $guidegen_redirect_{status}; }}");
    }
    for (status, entries) in &maps {
        entries.write(&mut out, *status);
    }
    (out, left_out)
}

impl Entries {
    /// Texts are compared with `$uri`, which is decoded. What a pattern catches goes into the answer, where a decoded line
    /// break would begin a header of the asker's: patterns are compared with `$request_uri`, the path as it was sent.
    fn write(&self, out: &mut String, status: u16) {
        let mut fallback = None;
        if !self.patterns.is_empty() {
            let role = if self.texts.is_empty() { "redirect" } else { "pattern" };
            let dots = quoted(DOTS).map(|dots| (dots, "\"\"".to_owned()));
            let all = dots.iter().chain(&self.patterns);
            map(out, "request_uri", &format!("guidegen_{role}_{status}"), None, all);
            fallback = Some(format!("$guidegen_pattern_{status}"));
        }
        if !self.texts.is_empty() {
            map(out, "uri", &format!("guidegen_redirect_{status}"), fallback.as_deref(), self.texts.iter());
        }
    }
}

fn map<'e>(
    out: &mut String,
    from: &str,
    to: &str,
    fallback: Option<&str>,
    entries: impl Iterator<Item = &'e (String, String)>,
) {
    let _ = writeln!(out, "map ${from} ${to} {{");
    if let Some(fallback) = fallback {
        let _ = writeln!(out, "    default {fallback};");
    }
    for (from, to) in entries {
        let _ = writeln!(out, "    {from} {to};");
    }
    out.push_str("}\n");
}

/// What nginx compares a request with: a text, or for a pattern a regular expression, and the names of what that catches.
fn source(from: &str) -> Option<(String, BTreeSet<&str>)> {
    let mut names = BTreeSet::new();
    if !from.starts_with('/') || from.contains(['?', '#']) {
        return None;
    }
    let is_pattern = from.contains('*') || from.split('/').any(|part| part.starts_with(':'));
    if !is_pattern {
        return Some((quoted(&address::decode(from))?, names));
    }
    let mut pattern = String::from("~^");
    let mut parts = from.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        // Doubled slashes are one, as they are in `$uri`, and none of them is caught: two would begin another host's address.
        pattern.push_str("/++");
        let name = part.strip_prefix(':').filter(|name| is_name(name));
        let name = name.or_else(|| Some("splat").filter(|_| part == "*"));
        // nginx does not start with a name that is there twice.
        if name.is_some_and(|name| !names.insert(name)) {
            return None;
        }
        match name {
            Some(_) if part == "*" => {
                let _ = write!(pattern, "(?<to_splat>[^{UNCAUGHT}]*)");
            }
            Some(name) => {
                let _ = write!(pattern, "(?<to_{name}>[^/{UNCAUGHT}]+)");
            }
            None if part.contains(['*', ':']) => return None,
            None if part.is_empty() && parts.peek().is_some() => return None,
            None => address::decode(part).chars().for_each(|letter| push_letter(&mut pattern, letter)),
        }
    }
    pattern.push_str(r"(?:\?|$)");
    Some((quoted(&pattern)?, names))
}

/// A letter of an author's path as a path that was sent may have it: as it is, or encoded.
fn push_letter(pattern: &mut String, letter: char) {
    let plain = regex::escape(letter.encode_utf8(&mut [0; 4]));
    if letter.is_ascii_alphanumeric() || "-._~".contains(letter) {
        pattern.push_str(&plain);
        return;
    }
    pattern.push_str("(?:");
    // These stand for something else where they are not encoded.
    if !letter.is_ascii_control() && !" %/?#".contains(letter) {
        pattern.push_str(&plain);
        pattern.push('|');
    }
    pattern.push_str("(?i:");
    for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
        let _ = write!(pattern, "%{byte:02x}");
    }
    pattern.push_str("))");
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Where nginx sends to, with what was caught by one of `names` in its place. A dollar sign would be a variable there, and
/// cannot be escaped.
fn target(to: &str, names: &BTreeSet<&str>) -> Option<String> {
    let mut target = String::new();
    let to = to.replace('$', "%24");
    let mut parts = to.split('/');
    target.push_str(parts.next()?);
    for part in parts {
        target.push('/');
        match part.strip_prefix(':').filter(|name| names.contains(name)) {
            Some(name) => {
                let _ = write!(target, "${{to_{name}}}");
            }
            None => target.push_str(part),
        }
    }
    quoted(&target)
}

fn quoted(text: &str) -> Option<String> {
    if text.contains(char::is_control) {
        return None;
    }
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_become_maps_by_status() {
        let text =
            "# mine\n/old/ /new/ 301\n/%C3%BC/ /u/\n/a/* /b/:splat 302!\n/x/:id /y/:id/\n/price /$5\n/old/ /late/\n";
        let (maps, left_out) = maps(text);
        assert!(left_out.is_empty());
        let caught = r"\\x00-\\x20\\x7f?#\\\\";
        let dots = r#"    "~^[^?]*/(?:\\.|%2[Ee]){1,2}(?:[/?]|$)" "";"#;
        let expected = format!(
            "map $request_uri $guidegen_pattern_301 {{\n{dots}\n    \
             \"~^/++x/++(?<to_id>[^/{caught}]+)(?:\\\\?|$)\" \"/y/${{to_id}}/\";\n}}\n\
             map $uri $guidegen_redirect_301 {{\n    default $guidegen_pattern_301;\n    \"/old/\" \"/new/\";\n    \
             \"/ü/\" \"/u/\";\n    \"/price\" \"/%245\";\n}}\n\
             map $request_uri $guidegen_redirect_302 {{\n{dots}\n    \
             \"~^/++a/++(?<to_splat>[^{caught}]*)(?:\\\\?|$)\" \"/b/${{to_splat}}\";\n}}\n"
        );
        assert!(maps.ends_with(&expected), "{maps}");
    }

    #[test]
    fn a_letter_of_a_pattern_may_be_sent_encoded() {
        let (maps, _) = maps("/%C3%BC(%20b/* /:splat/:other\n");
        assert!(maps.contains(r#""~^/++(?:ü|(?i:%c3%bc))(?:\\(|(?i:%28))(?:(?i:%20))b/++"#), "{maps}");
        // What nothing catches is no variable: nginx would not start.
        assert!(maps.contains("\"/${to_splat}/:other\";"), "{maps}");
    }

    #[test]
    fn what_nginx_has_no_map_for_is_told() {
        let text = "/rewrite /x 200\nhttps://a.test/ /b\n/lang /de 302 Language=de\n/a*b /c\nalone\n/:x/:x /y\n";
        assert_eq!(maps(text), ("# Made by guidegen: the site has no redirects.\n".to_owned(), vec![1, 2, 3, 4, 5, 6]));
    }
}
