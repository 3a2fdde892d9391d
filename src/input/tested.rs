//! The versions that a guide was tested with: from `support.versions` of its front matter, or from the list below its
//! heading “Tested Versions”.

use serde_json::Value;

/// A product and its versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tested {
    /// The product; empty when only versions are named.
    pub product: String,
    /// Its versions, as written.
    pub versions: Vec<String>,
}

/// So many products, and versions of each, are told.
const MOST: usize = 20;

/// What `support.versions` names: a version, a list of versions, or a map of products and versions. None when it names
/// nothing that could be a version.
#[must_use]
pub fn of_value(value: &Value) -> Option<Vec<Tested>> {
    let unnamed = |versions: Vec<String>| vec![Tested { product: String::new(), versions }];
    match value {
        Value::Object(map) => {
            let tested = |(product, value): (&String, &Value)| {
                Some(Tested { product: product.clone(), versions: versions(value)? })
            };
            map.iter().take(MOST).map(tested).collect()
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            let each: Option<Vec<Vec<Tested>>> = list.iter().take(MOST).map(of_value).collect();
            each.map(|each| each.concat())
        }
        _ => versions(value).map(unnamed),
    }
}

fn versions(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.trim().to_owned()]),
        Value::Number(number) => Some(vec![number.to_string()]),
        Value::Array(list) => list.iter().take(MOST).map(|one| versions(one)?.pop()).collect(),
        _ => None,
    }
}

/// What the list below the heading “Tested Versions” of a body says: products, and below each its versions.
#[must_use]
pub fn of_body(body: &str) -> Vec<Tested> {
    if !has_list(body) {
        return Vec::new();
    }
    let mut tested: Vec<Tested> = Vec::new();
    let (mut is_inside, mut is_code) = (false, false);
    for line in body.lines() {
        let text = line.trim_start();
        if text.starts_with("```") || text.starts_with("~~~") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        if line.starts_with('#') {
            if is_inside {
                break;
            }
            is_inside = is_heading(line);
            continue;
        }
        if !is_inside {
            continue;
        }
        let Some(entry) = ["* ", "- ", "+ "].iter().find_map(|mark| text.strip_prefix(mark)) else { continue };
        add(&mut tested, &plain(entry), line.len() - text.len() >= 2);
    }
    tested
}

/// Whether the heading stands in `body` at all, be it in code: most guides have none, and each is asked.
fn has_list(body: &str) -> bool {
    let mut marks = memchr::memchr_iter(b'#', body.as_bytes());
    let starts_line = |at: usize| at == 0 || body.as_bytes().get(at - 1) == Some(&b'\n');
    marks.any(|at| starts_line(at) && body.get(at..).and_then(|rest| rest.lines().next()).is_some_and(is_heading))
}

fn is_heading(line: &str) -> bool {
    line.trim_matches(|c: char| c == '#' || c.is_whitespace()).eq_ignore_ascii_case("tested versions")
}

fn add(tested: &mut Vec<Tested>, entry: &str, is_below: bool) {
    let has_room = tested.len() < MOST;
    match tested.last_mut() {
        Some(last) if is_below && last.versions.len() < MOST && !entry.is_empty() => {
            last.versions.push(entry.to_owned());
        }
        Some(_) if is_below => {}
        _ if has_room => {
            // `Product v1.2.3` on one line.
            let is_version = |word: &str| word.trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit());
            let (product, version) = match entry.rsplit_once(' ') {
                Some((product, version)) if is_version(version) => {
                    (product.trim_end_matches([':', ' ']), Some(version))
                }
                _ => (entry.trim_end_matches(':'), None),
            };
            tested.push(Tested {
                product: product.to_owned(),
                versions: version.map(str::to_owned).into_iter().collect(),
            });
        }
        _ => {}
    }
}

/// A line of Markdown without links, emphasis and code marks.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '`', '*']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let label = rest.strip_prefix('[').and_then(|inside| inside.split_once(']'));
        match label {
            Some((label, behind)) => {
                out.push_str(label);
                let target = [('(', ')'), ('[', ']')]
                    .iter()
                    .find_map(|(open, close)| behind.strip_prefix(*open)?.split_once(*close).map(|(_, behind)| behind));
                rest = target.unwrap_or(behind);
            }
            None => rest = &rest[1..],
        }
    }
    out.push_str(rest);
    out.replace("__", "").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(tested: &[Tested]) -> String {
        let one = |tested: &Tested| format!("{}={}", tested.product, tested.versions.join("|"));
        tested.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn versions_are_read_from_the_list_below_their_heading() {
        let body = "## Before\n* x\n```\n## Tested Versions\n* no\n```\n## Tested Versions\n\n* [Authelia]\n  * [v4.38.0](https://a.test/)\n  * v4.39\n* **Wiki**\n    - `2.1`\n- Proxy: v3\n\n{{% oidc-common %}}\n\n### Assumptions\n* y\n";
        assert_eq!(shown(&of_body(body)), "Authelia=v4.38.0|v4.39, Wiki=2.1, Proxy=v3");
        assert!(of_body("* a\n## Tested\n* b\n").is_empty());
    }

    #[test]
    fn versions_are_a_text_a_list_or_a_map() {
        let shown = |value| of_value(&value).map(|tested| self::shown(&tested));
        assert_eq!(shown(json!("v1")).unwrap(), "=v1");
        assert_eq!(shown(json!(4.38)).unwrap(), "=4.38");
        assert_eq!(shown(json!(["v1", "v2"])).unwrap(), "=v1|v2");
        assert_eq!(shown(json!({"A": "v1", "B": ["2", 3]})).unwrap(), "A=v1, B=2|3");
        assert_eq!(shown(json!([{"A": "v1"}, {"B": "v2"}])).unwrap(), "A=v1, B=v2");
        assert_eq!((shown(json!({"A": {"x": 1}})), shown(json!(null)), shown(json!([true]))), (None, None, None));
    }
}
