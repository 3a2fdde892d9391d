//! What is found equals what plain syntect finds.

use super::super::token::TokenClass;
use super::*;
use std::time::{Duration, Instant};
use syntect::parsing::{ParseState, ScopeStack, SyntaxSet};

/// The grammars as syntect has them.
fn set() -> &'static SyntaxSet {
    static SET: OnceLock<SyntaxSet> = OnceLock::new();
    SET.get_or_init(two_face::syntax::extra_newlines)
}

/// What plain syntect makes of it: no memo, no states shared, no tokens merged on the way.
fn plainly(grammars: &Grammars, name: &str, text: &str) -> Vec<Option<TokenClass>> {
    let set = set();
    let syntax = set.find_syntax_by_name(name).unwrap();
    let (mut parser, mut scopes) = (ParseState::new(syntax), ScopeStack::new());
    let mut classes = vec![None; text.len()];
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = line.trim_end_matches(['\n', '\r']).len();
        let whole = format!("{}\n", line.strip_suffix('\n').unwrap_or(line));
        let mut at = 0;
        if is_readable(line) {
            let mut operations = parser.parse_line(&whole, set).unwrap();
            operations.push((whole.len(), syntect::parsing::ScopeStackOp::Noop));
            for (offset, operation) in operations {
                for byte in at..offset.min(end) {
                    classes[start + byte] = grammars.classifier.class(scopes.as_slice());
                }
                at = at.max(offset);
                scopes.apply(&operation).unwrap();
            }
        }
        start += line.len();
    }
    classes
}

fn spread(tokens: &[Token], text: &str) -> Vec<Option<TokenClass>> {
    let mut classes = vec![None; text.len()];
    let mut behind = 0;
    for token in tokens {
        assert!(token.range.start >= behind && text.get(token.range.clone()).is_some(), "{token:?}");
        behind = token.range.end;
        classes[token.range.clone()].fill(Some(token.class));
    }
    classes
}

fn assert_equal(highlighter: &Highlighter, language: &str, text: &str) -> bool {
    let Some(Grammar::Syntect(name)) = language::find(language) else { return false };
    let found = spread(&highlighter.tokens(language, text), text);
    let name = variant(name, text);
    assert_eq!(found, plainly(highlighter.grammars.get().unwrap(), name, text), "{language}:\n{text}");
    true
}

const SAMPLES: &[(&str, &str)] = &[
    ("yaml", "a: 'b' # c\n- |\n  x: y\n\nd: [1, true, \"\\n\"]\na: 'b' # c\n- >-\n  open 'quote\nb: 'over\n  lines'\n"),
    ("bash", "cat <<EOF\na $b\nEOF\ncat <<END\na $b\nEOF\nEND\necho \"$(x 'y')\" # z\nfor a in b; do\n  c\ndone"),
    ("html", "<p class=\"a\">b</p>\n<script>\nlet a = `b${c}`;\n</script>\n<style>a { b: c }</style>\n"),
    ("php", "<?php\necho \"$a\";\n?>\n<b>\n"),
    ("php", "$a = 'b';\n"),
    ("markdown", "# A\n\n```yaml\na: b\n```\n\n- b\n"),
    ("diff", "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n"),
    ("toml", "[a]\nb = \"c\" # d\ne = '''\nf\n'''\n"),
    ("nginx", "server {\n  listen 80;\n  location / { proxy_pass http://$a; }\n}\n"),
    ("python", "def f(a: int) -> str:\n    \"\"\"doc\n    \"\"\"\n    return f\"{a}\"\n"),
];

#[test]
fn the_memo_finds_what_plain_syntect_finds() {
    let highlighter = Highlighter::new();
    // The second time, all of it is remembered.
    for _ in 0..2 {
        for (language, text) in SAMPLES {
            assert!(assert_equal(&highlighter, language, text));
        }
    }
}

#[test]
fn threads_find_the_same() {
    let highlighter = Highlighter::new();
    std::thread::scope(|scope| {
        for turn in 0..4 {
            let highlighter = &highlighter;
            scope.spawn(move || {
                for at in 0..SAMPLES.len() {
                    let (language, text) = SAMPLES[(at + turn * 3) % SAMPLES.len()];
                    assert_equal(highlighter, language, text);
                }
            });
        }
    });
}

#[test]
fn the_corpus_is_found_equally() {
    let Ok(corpus) = std::env::var("GUIDEGEN_CORPUS") else { return };
    let highlighter = Highlighter::new();
    let mut count = 0;
    for entry in walkdir::WalkDir::new(corpus) {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let guide = std::fs::read_to_string(entry.path()).unwrap();
        let mut language = None;
        for event in pulldown_cmark::Parser::new(&guide) {
            use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    let fence = super::super::fence::Fence::parse(&info).0;
                    language = Some((fence.language.value, String::new()));
                }
                Event::Text(piece) => {
                    if let Some((_, text)) = &mut language {
                        text.push_str(&piece);
                    }
                }
                Event::End(TagEnd::CodeBlock) => {
                    if let Some((language, text)) = language.take() {
                        count += usize::from(assert_equal(&highlighter, &language, &text));
                    }
                }
                _ => {}
            }
        }
    }
    assert!(count > 100, "{count} blocks");
}

/// Numbers below what is asked for, by Marsaglia's xorshift: no clock, no chance.
fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).unwrap() % below
    }
}

/// Blocks of pieces that mean something to YAML, put together at random: what is read by its shape is what it would be.
#[test]
fn random_yaml_is_found_equally() {
    const PIECES: &[&str] = &[
        "a",
        "key",
        "client_id",
        "true",
        "No",
        "null",
        "~",
        "12",
        "0x1f",
        "1e3",
        "1.5",
        ".inf",
        "2001-12-14",
        "T",
        "Z",
        "10:30",
        "y",
        "N",
        "yes_sir",
        "x1",
        "_b",
        "é",
        "https://a.example.com:80/b",
        "$2y$10$x",
        " ",
        " ",
        "  ",
        "\t",
        ": ",
        ": ",
        ": ",
        ":",
        "- ",
        "-",
        "? ",
        "# ",
        " # ",
        "#",
        "'",
        "'",
        "'",
        "''",
        "\"",
        "\"",
        "\\",
        "\\n",
        ", ",
        ",",
        "[",
        "]",
        "{",
        "}",
        "&",
        "*",
        "!",
        "!!str ",
        "%",
        "|",
        ">-",
        "|2",
        "---",
        "...",
        "<<: ",
        "=",
        "@",
        "`",
        "'word'",
        "'true'",
        "'a:b'",
        "'a/b'",
        "'it''s'",
        "it's",
        ".",
        "/",
        "+",
        "e",
        "E",
        "%YAML 1.2",
        "\r",
    ];
    let rounds = std::env::var("GUIDEGEN_RANDOM_BLOCKS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1_000);
    let highlighter = Highlighter::new();
    let mut next = numbers(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds {
        let mut text = String::new();
        for _ in 0..1 + next(5) {
            text.push_str(["", "", "  ", "    ", "- ", "key: "][next(6)]);
            for _ in 0..next(7) {
                text.push_str(PIECES[next(PIECES.len())]);
            }
            text.push('\n');
        }
        assert_equal(&highlighter, "yaml", &text);
    }
}

/// Every grammar that there is, over lines of every language, put together at random.
#[test]
fn every_grammar_is_read_as_syntect_reads_it() {
    let rounds = std::env::var("GUIDEGEN_RANDOM_BLOCKS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(10);
    let grammars = Grammars::new();
    let memo = Memo::default();
    let lines: Vec<&str> = SAMPLES.iter().flat_map(|(_, text)| text.split_inclusive('\n')).collect();
    let mut next = numbers(0x2545_f491_4f6c_dd1d);
    for syntax in set().syntaxes() {
        for _ in 0..rounds {
            let mut text = String::new();
            for _ in 0..12 {
                // Halves of two lines meet in places that nobody thought of.
                let [one, other] = [lines[next(lines.len())], lines[next(lines.len())]];
                let (cut, from) = (next(one.len()), next(other.len()));
                text.push_str(one.get(..cut).unwrap_or(one).trim_end_matches('\n'));
                text.push_str(other.get(from..).unwrap_or(other));
            }
            let mut tokens = Vec::new();
            let mut reader = LineReader::new(&grammars, &memo, &syntax.name);
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                if is_readable(line) {
                    reader.next(line, at, &mut tokens);
                }
                at += line.len();
            }
            let found = spread(&tokens, &text);
            assert_eq!(found, plainly(&grammars, &syntax.name, &text), "{}:\n{text}", syntax.name);
        }
    }
}

#[test]
fn tokens_stay_inside_of_lines() {
    let text = "# a\r\nb: 'c\n  d'\n";
    for token in Highlighter::new().tokens("yaml", text) {
        assert!(!text[token.range.clone()].contains(['\n', '\r']), "{token:?}");
    }
}

#[test]
fn long_lines_and_large_blocks_are_plain_and_quick() {
    let highlighter = Highlighter::new();
    let start = Instant::now();
    let long = format!("a: '{}'\nb: 1\n", "x".repeat(1 << 20));
    assert!(highlighter.tokens("yaml", &long).is_empty(), "one line is the whole budget");
    let words: String = (0..LONGEST_LINE).map(|number| format!("{number} ")).collect();
    for filling in ["x".repeat(LONGEST_REPEAT + 2), "é ".repeat(LONGEST_REPEAT), words] {
        let long = format!("a: '{filling}'\nb: 1\n");
        let tokens = highlighter.tokens("yaml", &long);
        assert_eq!(tokens.first().map(|token| &long[token.range.clone()]), Some("b"));
    }
    let large = "- 'a': [b, {c: d}]\n".repeat(100_000);
    assert!(highlighter.tokens("yaml", &large).last().unwrap().range.end <= LARGEST_BLOCK);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn here_documents_of_many_names_are_told_apart() {
    use std::fmt::Write as _;
    let mut text = String::new();
    for number in 0..200 {
        let _ = write!(text, "cat <<E{number}\nx\nE0\nE{number}\n");
    }
    assert_equal(&Highlighter::new(), "bash", &text);
}

#[test]
fn unknown_languages_are_plain() {
    let highlighter = Highlighter::new();
    assert!(!highlighter.knows("yamll") && highlighter.knows("Text"));
    assert!(highlighter.tokens("yamll", "a: b\n").is_empty());
    assert!(highlighter.tokens("text", "a: b\n").is_empty());
}
