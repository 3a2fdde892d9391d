//! Which guides were tested with versions that are no longer the newest: what guides say of themselves, held against
//! `data/versions.yaml`.
//!
//! A guide says it in its front matter (`tested: { grafana: 10.4.1 }`), or in a section `Tested Versions`: a list of
//! products, and below each the versions.

use crate::base::{Code, Diagnostic, Place, Source, Span};
use crate::input::front_matter::FrontMatter;
use crate::input::yaml::Document;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The section that is read.
const SECTION: &str = "tested versions";

/// The newest versions, by name.
#[derive(Debug, Clone, Default)]
pub struct Newest(BTreeMap<String, String>);

/// A guide that is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    /// Where the version stands.
    pub place: Place,
    /// The product, as the guide names it.
    pub product: String,
    /// The newest version that the guide was tested with.
    pub tested: String,
    /// The newest version there is.
    pub newest: String,
}

/// A version that a guide was tested with.
struct Tested {
    product: String,
    version: String,
    span: Span,
}

impl Newest {
    /// The versions of `data/versions.yaml`: a map of names and versions, or of names and maps with a `version`.
    #[must_use]
    pub fn read(source: &Source) -> (Self, Vec<Diagnostic>) {
        let start = if source.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let (document, mut findings) = Document::read(source, Span::new(start, source.text().len()), Code::Data);
        let mut newest = BTreeMap::new();
        let Some(document) = document else { return (Self(newest), findings) };
        let Value::Object(map) = document.value() else {
            findings.push(
                Diagnostic::new(Code::Data, "the versions are not a map")
                    .at(document.place(&[]))
                    .help("write each as `name: 1.2.3`"),
            );
            return (Self(newest), findings);
        };
        for (name, value) in map {
            let path: &[&str] = if value.is_object() { &[name, "version"] } else { &[name] };
            // As it is written: `1.10` is not the number 1.1.
            let written = document.written(path).map(|text| text.trim_matches(['"', '\'']).to_owned());
            match written.filter(|text| version_in(text).is_some()) {
                Some(version) => drop(newest.insert(key(name), version)),
                None => findings.push(
                    Diagnostic::new(Code::Data, format!("`{name}` has no version"))
                        .at(document.key_place(&[name]))
                        .help("write it as `name: 1.2.3`, or as `name: { version: 1.2.3 }`"),
                ),
            }
        }
        (Self(newest), findings)
    }

    /// What is behind in one guide.
    #[must_use]
    pub fn behind(&self, source: &Source) -> Vec<Outdated> {
        let (front, body, _) = FrontMatter::read(source);
        let mut tested = of_front_matter(&front);
        tested.extend(of_section(source.text(), body));
        // Of several versions of a product the newest counts.
        let mut best: BTreeMap<String, Tested> = BTreeMap::new();
        for one in tested {
            let is_newer = |known: &Tested| compare(&one.version, &known.version) == Ordering::Greater;
            if best.get(&key(&one.product)).is_none_or(is_newer) {
                best.insert(key(&one.product), one);
            }
        }
        let mut behind: Vec<(Span, Outdated)> = Vec::new();
        for (name, one) in best {
            let Some(newest) = self.0.get(&name).filter(|newest| compare(&one.version, newest) == Ordering::Less)
            else {
                continue;
            };
            let place = source.place(one.span);
            behind.push((
                one.span,
                Outdated { place, product: one.product, tested: one.version, newest: newest.clone() },
            ));
        }
        behind.sort_by_key(|(span, _)| *span);
        behind.into_iter().map(|(_, one)| one).collect()
    }
}

/// A name without what people write differently: `Argo CD`, `argo-cd`.
fn key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn of_front_matter(front: &FrontMatter) -> Vec<Tested> {
    let Some(document) = &front.document else { return Vec::new() };
    let map = document.value().get("tested").and_then(Value::as_object);
    let tested = map.into_iter().flatten().filter_map(|(name, value)| {
        let path = ["tested", name.as_str()];
        let written = if value.is_array() || value.is_object() { None } else { document.written(&path) };
        let version = version_in(written?)?;
        Some(Tested { product: name.clone(), version: version.to_owned(), span: document.span(&path) })
    });
    tested.collect()
}

/// What the section says: products at the left, versions below them, or both on one line.
fn of_section(text: &str, body: Span) -> Vec<Tested> {
    let mut tested = Vec::new();
    let mut level = None;
    let mut product: Option<(usize, String)> = None;
    let mut at = body.start;
    for line in text.get(body.range()).unwrap_or_default().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
        if hashes > 0 {
            let title = line.get(hashes..).unwrap_or_default().trim().to_lowercase();
            let title = title.split(" {#").next().unwrap_or_default();
            level = match level {
                _ if title == SECTION => Some(hashes),
                Some(level) if hashes > level => Some(level),
                _ => None,
            };
            product = None;
            continue;
        }
        let trimmed = line.trim_start();
        let Some(item) =
            ["- ", "* ", "+ "].iter().find_map(|mark| trimmed.strip_prefix(mark)).filter(|_| level.is_some())
        else {
            continue;
        };
        let indent = line.len() - trimmed.len();
        let label = label(item);
        let found = version_in(label);
        let owner = product.as_ref().filter(|(left, _)| indent > *left).map(|(_, name)| name.clone());
        let (name, version) = match (owner, found) {
            (Some(owner), Some(version)) => (owner, version),
            (None, Some(version)) => {
                let name =
                    label.split(version).next().unwrap_or_default().trim_end_matches([' ', ':', 'v', '(', '-', '–']);
                (name.to_owned(), version)
            }
            (_, None) => {
                product = Some((indent, label.trim_end_matches(':').to_owned()));
                continue;
            }
        };
        if let (false, Some(offset)) = (name.is_empty(), line.find(version)) {
            let span = Span::new(start + offset, start + offset + version.len());
            tested.push(Tested { product: name, version: version.to_owned(), span });
        }
    }
    tested
}

/// The text of a list item without the marks of a link or of emphasis: `[Grafana](https://…)`, `**Grafana**`.
fn label(item: &str) -> &str {
    let item = item.trim().trim_matches(['*', '_', '`']);
    match item.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((label, rest)) if rest.is_empty() || rest.starts_with(['(', '[']) => label.trim_matches(['*', '_', '`']),
        _ => item,
    }
}

/// The first version of a text: digits that begin a word, with at least one dot, or a text that is a number alone.
fn version_in(text: &str) -> Option<&str> {
    let is_of_version = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    let words = text.split(|c: char| !is_of_version(c)).map(|word| word.trim_matches(['.', '-', '+']));
    let mut versions = words.filter_map(|word| {
        let number = word.strip_prefix(['v', 'V']).unwrap_or(word);
        let is_version = number.starts_with(|c: char| c.is_ascii_digit())
            && (number.contains('.') || word.len() > number.len() || number == text.trim());
        is_version.then_some(number)
    });
    versions.next()
}

/// Compares versions by their numbers, as far as both say them; a pre-release is before what it is a release of.
fn compare(a: &str, b: &str) -> Ordering {
    let read = |version: &str| {
        let version = version.trim_start_matches(['v', 'V']).split('+').next().unwrap_or_default().to_owned();
        let (numbers, pre) =
            version.split_once('-').map_or((version.as_str(), None), |(numbers, pre)| (numbers, Some(pre)));
        let numbers: Vec<u64> = numbers.split('.').map_while(|part| part.parse().ok()).collect();
        (numbers, pre.map(str::to_owned))
    };
    let ((a, a_pre), (b, b_pre)) = (read(a), read(b));
    let by_number = a.iter().zip(&b).map(|(a, b)| a.cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
    by_number.then_with(|| match (a_pre, b_pre) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest() -> Newest {
        let text = "grafana: 10.10\nargo-cd: { version: v2.4.5 }\nAuthelia: \"4.39.0\"\n";
        Newest::read(&Source::new("data/versions.yaml", text)).0
    }

    fn behind(text: &str) -> Vec<(String, String, u32)> {
        let found = newest().behind(&Source::new("content/a.md", text)).into_iter();
        found.map(|one| (one.product, one.tested, one.place.range.map_or(0, |range| range.line))).collect()
    }

    #[test]
    fn a_section_names_products_and_their_versions() {
        let text = "---\ntitle: x\n---\n## Tested Versions\n\n- [Authelia]\n  - [v4.38.0](https://x.test/v4.38.0)\n- [Argo CD](https://x.test)\n  * v2.4.5\n  * v2.3.0\n- Grafana: v10.9.1\n\n## Else\n\n- Grafana: 1.0\n";
        assert_eq!(behind(text), [("Authelia".into(), "4.38.0".into(), 7), ("Grafana".into(), "10.9.1".into(), 11)]);
    }

    #[test]
    fn front_matter_names_them_too() {
        assert_eq!(
            behind("---\ntested: { Argo CD: 2.4, grafana: 10.9 }\n---\n"),
            [("grafana".into(), "10.9".into(), 2)]
        );
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert_eq!(compare("10.9", "10.10"), Ordering::Less);
        assert_eq!(compare("v10.2.3", "10"), Ordering::Equal);
        assert_eq!(compare("4.39.0-beta1", "4.39.0"), Ordering::Less);
        assert_eq!(version_in("Grafana 2 is new"), None);
        assert_eq!(version_in("RELEASE.2023-07-11"), None);
    }

    #[test]
    fn what_is_no_version_is_told() {
        let (_, found) = Newest::read(&Source::new("data/versions.yaml", "a: latest\nb: 1\n"));
        assert_eq!(found.len(), 1);
    }
}
