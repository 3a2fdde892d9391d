//! Whatever is written in a guide's front matter, the configuration or a data file: reading it never panics, says
//! something about what it cannot read, and every place is on the boundary of a character.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use guidegen::base::{Code, Diagnostic, Source, Span};
use guidegen::input::config::Config;
use guidegen::input::data;
use guidegen::input::format::Format;
use guidegen::input::front_matter::FrontMatter;
use guidegen::input::variable::template::TextTemplate;
use guidegen::input::yaml::Document;
use proptest::prelude::*;
use serde_json::Value;

const GUIDES: &[&str] = &[
    "---\ntitle: \"Incus\"\ndate: 2024-08-13T18:39:00+10:00\ndraft: false\nweight: 620\naliases:\n  - '/a/'\nseo:\n  canonical: \"\" # none\n---\n\n# Text\n",
    "\u{feff}---\r\ntitle: Äpfel & Öl 🍎\r\ntags: [é, 'ß']\r\ncascade:\r\n  - target: {path: '/ä/**'}\r\n    draft: true\r\n---\r\nText\r\n",
    "---\nbase: &b {x: 1}\nuse:\n  <<: *b\nlead: |\n  größer\n  \"kleiner\n\nsummary: >-\n  gefaltet\n---\n",
    "{\n\t\"title\": \"A\",\n\t\"params\": {\"ö\": [1, 2]}\n}\nText",
    "+++\ntitle = \"ü\"\n+++\nText",
];

const CONFIGS: &[&str] = &[
    "title: Authelia\nbase_url: https://docs.example.com/dö/\npermalinks: { blog: /blog/:slug/ }\nchecks: { link-broken: error }\nmenu:\n  - { name: Ä, url: / }\nheaders:\n  /*:\n    X-A: 'b'\nverify: [ { titles: [c.yml], schema: s.json } ]\n",
    "repository: { url: 'https://a.example/b', path: docs }\nmarkdown: { html: escape }\nvariables:\n  domain: { type: domain, default: example.com }\ncomputed: {}\n",
    "variables:\n  domain: { type: domain, default: example.com }\n  port: { type: port, default: 80, min: 1 }\ncomputed:\n  url: 'https://{domain|lower|regex}:{port}/{{x}}'\n  dn: '{domain|dn}'\n",
];

/// Pieces that mean something to one of the readers.
const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "---",
    "---\n",
    "...\n",
    "+++\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ": ",
    "- ",
    "? ",
    "# ",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: ",
    "!x ",
    "!!str ",
    "\\",
    "%",
    "@",
    "ä",
    "🍎",
    "\u{feff}",
    "\u{0}",
    "\u{85}",
    "\u{2028}",
    "title: ",
    "null",
    "~",
    "1.10",
    "0x",
    ".inf",
    "9999999999999999999999999",
    "title: x\n",
];

#[derive(Debug, Clone)]
enum Edit {
    Insert(prop::sample::Index, usize),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        3 => (any::<prop::sample::Index>(), 0..PIECES.len()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        2 => (any::<prop::sample::Index>(), 1_usize..12).prop_map(|(at, len)| Edit::Remove(at, len)),
        1 => (any::<prop::sample::Index>(), 1_usize..40).prop_map(|(at, len)| Edit::Repeat(at, len)),
    ];
    prop::collection::vec(edit, 0..8)
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for edit in edits {
        match edit {
            Edit::Insert(at, piece) => {
                let at = at.index(characters.len() + 1);
                characters.splice(at..at, PIECES[*piece].chars());
            }
            Edit::Remove(at, len) => {
                let at = at.index(characters.len() + 1);
                let end = (at + len).min(characters.len());
                characters.drain(at..end);
            }
            Edit::Repeat(at, len) => {
                let at = at.index(characters.len() + 1);
                let end = (at + len).min(characters.len());
                let again: Vec<char> = characters[at..end].to_vec();
                characters.splice(at..at, again);
            }
        }
    }
    characters.into_iter().collect()
}

fn check_diagnostics(source: &Source, diagnostics: &[Diagnostic]) {
    let lines: Vec<&str> = source.text().split('\n').collect();
    for diagnostic in diagnostics {
        let range = diagnostic.place.as_ref().and_then(|place| place.range).expect("a place");
        let line = lines.get(range.line as usize - 1).expect("a line of the text");
        assert!(range.column as usize <= line.chars().count() + 1, "{diagnostic:?}");
        assert!((range.line, range.column) <= (range.end_line, range.end_column), "{diagnostic:?}");
        assert!(diagnostic.help.is_some() && !diagnostic.message.is_empty(), "{diagnostic:?}");
    }
}

/// Every place of a document is text of its source.
fn check_document(document: &Document, whole: Span) {
    let text = document.source().text();
    let mut left = vec![(Vec::new(), document.value())];
    while let Some((path, value)) = left.pop() {
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        for span in [document.span(&steps), document.key_span(&steps)] {
            assert!(text.get(span.range()).is_some(), "{span:?} of {path:?}");
            assert!(whole.start <= span.start && span.end <= whole.end, "{span:?} of {path:?} is outside of {whole:?}");
        }
        let entry = |step: String| path.iter().cloned().chain([step]).collect::<Vec<String>>();
        match value {
            Value::Array(list) => {
                left.extend(list.iter().enumerate().map(|(index, value)| (entry(index.to_string()), value)))
            }
            Value::Object(map) => left.extend(map.iter().map(|(key, value)| (entry(key.clone()), value))),
            _ => {}
        }
    }
}

/// Texts with characters that mean something where values are written.
fn written() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        '\'', '"', '\\', '&', '<', '$', '`', '#', ' ', ':', '.', ',', '%', '\n', '\r', '\t', '\0', '{', '}', '\u{85}',
        '\u{2028}', '\u{feff}',
    ]);
    let character = prop_oneof![3 => special, 2 => any::<char>(), 2 => prop::char::range('a', 'z')];
    prop::collection::vec(character, 0..24).prop_map(|characters| characters.into_iter().collect())
}

/// Pieces of the template of a computed value.
const TEMPLATE_PIECES: &[&str] = &[
    "{",
    "}",
    "{{",
    "}}",
    "{a}",
    "{domain|regex}",
    "{domain|",
    "|",
    "lower",
    "|nonesuch}",
    "https://",
    "ä",
    " ",
    "\n",
    "{}",
    "{ a }",
    "{a|lower|regex}",
    "-",
    "\0",
];

proptest! {
    #[test]
    fn front_matter(seed in 0..GUIDES.len(), edits in edits()) {
        let source = Source::new("content/a.md", edited(GUIDES[seed], &edits));
        let (front, body, diagnostics) = FrontMatter::read(&source);
        prop_assert!(source.text().get(body.range()).is_some());
        prop_assert_eq!(body.end, source.text().len());
        check_diagnostics(&source, &diagnostics);
        if let Some(document) = &front.document {
            check_document(document, Span::new(0, body.start));
        }
        let _ = front.with_cascade(&front.extra);
    }

    #[test]
    fn configuration(seed in 0..CONFIGS.len(), edits in edits()) {
        let source = Source::new("guidegen.yaml", edited(CONFIGS[seed], &edits));
        let (config, diagnostics) = Config::load(Some(&source));
        check_diagnostics(&source, &diagnostics);
        prop_assert!(diagnostics.iter().all(|diagnostic| diagnostic.code == Code::Config));
        prop_assert!(config.document.is_some() || !diagnostics.is_empty(), "what cannot be read is told");
        if let Some(document) = &config.document {
            check_document(document, Span::new(0, source.text().len()));
        }
    }

    #[test]
    fn data_files(ending in "yaml|json|toml|csv", seed in 0..GUIDES.len(), edits in edits()) {
        let source = Source::new(format!("data/a.{ending}"), edited(GUIDES[seed], &edits));
        let (value, diagnostics) = data::load(&[(format!("a.{ending}"), source.clone())]);
        check_diagnostics(&source, &diagnostics);
        prop_assert!(value.get("a").is_some() || !diagnostics.is_empty(), "what cannot be read is told");
    }

    /// Each format is read back by who it is meant for as the text that was written.
    #[test]
    fn formats(text in written()) {
        let of = |format: Format| format.apply(&text);
        let json: String = serde_json::from_str(&format!("\"{}\"", of(Format::Json))).unwrap();
        prop_assert_eq!(&json, &text);
        let yaml: Value = serde_yaml::from_str(&format!("key: {}\n", of(Format::Yaml))).unwrap();
        prop_assert_eq!(&yaml["key"], &Value::from(text.clone()));
        let url = of(Format::Url);
        prop_assert!(url.is_ascii());
        prop_assert_eq!(percent_encoding::percent_decode_str(&url).decode_utf8().unwrap(), text.as_str());
        let pattern = regex::Regex::new(&format!("(?s)\\A{}\\z", of(Format::Regex))).unwrap();
        prop_assert!(pattern.is_match(&text));
        let html = of(Format::Html);
        prop_assert!(!html.contains(['<', '>', '"', '\'']));
        let mut read = String::new();
        guidegen::page::html::unescape_into(&mut read, &html);
        prop_assert_eq!(&read, &text);
        let shell = of(Format::Shell);
        let word = shell.strip_prefix('\'').and_then(|word| word.strip_suffix('\'')).unwrap_or(&shell);
        prop_assert_eq!(&word.replace("'\\''", "'"), &text);
        prop_assert!(!word.replace("'\\''", "").contains('\''), "nothing ends the quotes: {shell}");
        prop_assert_eq!(of(Format::Base64).len(), text.len().div_ceil(3) * 4);
        prop_assert!(text.starts_with(&of(Format::FirstLabel)));
        let dn = of(Format::Dn);
        prop_assert!(!dn.contains('\0') && (dn.is_empty() || dn.starts_with("DC=")), "{dn}");
        for format in Format::ALL {
            prop_assert_eq!(format.apply(&text), format.apply(&text));
        }
    }

    /// A computed value is read, or refused; what is read says again what it was.
    #[test]
    fn templates_of_values(pieces in prop::collection::vec(prop::sample::select(TEMPLATE_PIECES), 0..12), value in written()) {
        let text = pieces.concat();
        let template = match TextTemplate::parse(&text) {
            Ok(template) => template,
            Err(error) => {
                prop_assert!(text.get(error.span.range()).is_some() && !error.message.is_empty(), "{error:?}");
                return Ok(());
            }
        };
        prop_assert_eq!(template.expand(|_, _| None).is_none(), template.names().next().is_some());
        let expanded = template.expand(|_, _| Some(value.clone())).unwrap();
        let uses = template.names().count();
        prop_assert!(expanded.len() >= uses * value.len(), "{text}: {expanded}");
    }

    #[test]
    fn any_text(text in any::<String>()) {
        for text in [format!("---\n{text}\n---\n"), text] {
            let source = Source::new("a.md", text);
            check_diagnostics(&source, &FrontMatter::read(&source).2);
            check_diagnostics(&source, &Config::load(Some(&source)).1);
        }
    }
}
