//! `_redirects` as maps for nginx.

use crate::base::address;
use std::collections::BTreeMap;
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

/// The maps for the redirects in `text`, and the lines that nginx has no map for.
#[must_use]
pub fn maps(text: &str) -> (String, Vec<usize>) {
    let (rules, mut left_out) = rules(text);
    let mut maps: BTreeMap<u16, Vec<(String, String)>> = BTreeMap::new();
    for rule in &rules {
        let entry =
            source(rule.from).zip(target(rule.to)).filter(|_| matches!(rule.status, 301 | 302 | 303 | 307 | 308));
        match entry {
            // The first rule wins, as it does on the hosts that read the file.
            Some((from, to)) => {
                let is_known = maps.values().flatten().any(|(known, _)| *known == from);
                if !is_known {
                    maps.entry(rule.status).or_default().push((from, to));
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
        let _ = writeln!(out, "map $uri $guidegen_redirect_{status} {{");
        for (from, to) in entries {
            let _ = writeln!(out, "    {from} {to};");
        }
        out.push_str("}\n");
    }
    (out, left_out)
}

/// What nginx compares `$uri` with, which is decoded: a text, or for a pattern a regular expression.
fn source(from: &str) -> Option<String> {
    if !from.starts_with('/') || from.contains(['?', '#']) {
        return None;
    }
    let is_pattern = from.contains('*') || from.split('/').any(|part| part.starts_with(':'));
    if !is_pattern {
        return quoted(&address::decode(from));
    }
    let mut pattern = String::from("~^");
    for part in from.split('/').skip(1) {
        pattern.push('/');
        match part.strip_prefix(':').filter(|name| is_name(name)) {
            Some(name) => {
                let _ = write!(pattern, "(?<to_{name}>[^/]+)");
            }
            None if part == "*" => pattern.push_str("(?<to_splat>.*)"),
            None if part.contains(['*', ':']) => return None,
            None => pattern.push_str(&regex::escape(&address::decode(part))),
        }
    }
    pattern.push('$');
    quoted(&pattern)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Where nginx sends to. A dollar sign would be a variable there, and cannot be escaped.
fn target(to: &str) -> Option<String> {
    let mut target = String::new();
    let to = to.replace('$', "%24");
    let mut parts = to.split('/');
    target.push_str(parts.next()?);
    for part in parts {
        target.push('/');
        match part.strip_prefix(':').filter(|name| is_name(name)) {
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
        let expected = "map $uri $guidegen_redirect_301 {\n    \"/old/\" \"/new/\";\n    \"/ü/\" \"/u/\";\n    \
                        \"~^/x/(?<to_id>[^/]+)$\" \"/y/${to_id}/\";\n    \"/price\" \"/%245\";\n}\n\
                        map $uri $guidegen_redirect_302 {\n    \"~^/a/(?<to_splat>.*)$\" \"/b/${to_splat}\";\n}\n";
        assert!(maps.ends_with(expected), "{maps}");
    }

    #[test]
    fn what_nginx_has_no_map_for_is_told() {
        let text = "/rewrite /x 200\nhttps://a.test/ /b\n/lang /de 302 Language=de\n/a*b /c\nalone\n";
        assert_eq!(maps(text), ("# Made by guidegen: the site has no redirects.\n".to_owned(), vec![1, 2, 3, 4, 5]));
    }
}
