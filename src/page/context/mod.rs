//! Contexts: the kind of quotes that a value stands between in a configuration block, and how it is escaped there.
//!
//! At build time and in the browser alike, a value is first written in its format and then escaped for its context, so that it
//! is read as this text by whatever reads the file. The rules (`tests/variables/vectors.json` has a table of them):
//!
//! - `yaml-single`: `'` is `''`.
//! - `yaml-double`: a backslash before `"` and `\`; `\n`, `\t`, `\r`, `\0`, `\xHH` for C0, DEL and C1, `\u2028`, `\u2029`, `\ufeff`, `\ufffe`, `\uffff`.
//! - `json-string`: as `JSON.stringify`: a backslash before `"` and `\`; `\b \t \n \f \r`, `\u00HH` for the rest of C0.
//! - `json-single` (JSON5): the same, with `\'` and a bare `"`.
//! - `toml-basic`: as `json-string`, and `\u007f` for DEL.
//! - `toml-literal`: nothing can be escaped there: `'` cannot be held.
//! - `shell-single`: `'` is `'\''`.
//! - `shell-double`: a backslash before `\`, `"`, `$` and `` ` ``. (`!` is left: a backslash before it would stay.)
//! - `env-single`: a backslash before `'`, as Compose reads it.
//! - `env-double`: a backslash before `\`, `"` and `$`; `\n` and `\r`.
//! - `ini-double`: a backslash before `\` and `"`.
//! - `html-attribute`: `&`, `<`, `>` and both quotes as character references. Only a page's Markdown has it, where its raw HTML stands.
//!
//! What a context cannot hold becomes U+FFFD, which is seen by the reader and breaks out of nothing: `'` in `toml-literal`, and
//! the control characters (C0 and DEL; not the tab, and not the line feed in the shell's) wherever no escape is named above.

mod quotes;
mod shell;
mod yaml;

use crate::input::format::{Format, json_body, with_backslashes, yaml_double_body};
use std::fmt;
use std::ops::Range;

/// The quotes that a value stands between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the module says what each is")]
pub enum Context {
    YamlSingle,
    YamlDouble,
    JsonString,
    JsonSingle,
    TomlBasic,
    TomlLiteral,
    ShellSingle,
    ShellDouble,
    EnvSingle,
    EnvDouble,
    IniDouble,
    HtmlAttribute,
}

impl Context {
    /// Every context.
    pub const ALL: &'static [Self] = &[
        Self::YamlSingle,
        Self::YamlDouble,
        Self::JsonString,
        Self::JsonSingle,
        Self::TomlBasic,
        Self::TomlLiteral,
        Self::ShellSingle,
        Self::ShellDouble,
        Self::EnvSingle,
        Self::EnvDouble,
        Self::IniDouble,
        Self::HtmlAttribute,
    ];

    /// The name, as `data-sitevar-context` has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::YamlSingle => "yaml-single",
            Self::YamlDouble => "yaml-double",
            Self::JsonString => "json-string",
            Self::JsonSingle => "json-single",
            Self::TomlBasic => "toml-basic",
            Self::TomlLiteral => "toml-literal",
            Self::ShellSingle => "shell-single",
            Self::ShellDouble => "shell-double",
            Self::EnvSingle => "env-single",
            Self::EnvDouble => "env-double",
            Self::IniDouble => "ini-double",
            Self::HtmlAttribute => "html-attribute",
        }
    }

    /// The context of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|context| context.as_str() == name)
    }

    /// `value`, as it is written between these quotes.
    #[must_use]
    pub fn escape(self, value: &str) -> String {
        match self {
            Self::YamlSingle => held(value, &['\t']).replace('\'', "''"),
            Self::YamlDouble => yaml_double_body(value),
            Self::JsonString => json_body(value),
            Self::JsonSingle => json_body(value).replace("\\\"", "\"").replace('\'', "\\'"),
            Self::TomlBasic => json_body(value).replace('\u{7f}', "\\u007f"),
            Self::TomlLiteral => held(value, &['\t']).replace('\'', "\u{fffd}"),
            Self::ShellSingle => held(value, &['\t', '\n']).replace('\'', r"'\''"),
            Self::ShellDouble => with_backslashes(&held(value, &['\t', '\n']), |c| "\\\"$`".contains(c)),
            Self::EnvSingle => with_backslashes(&held(value, &['\t']), |c| c == '\''),
            Self::EnvDouble => {
                let escaped = with_backslashes(value, |c| "\\\"$".contains(c));
                held(&escaped.replace('\n', "\\n").replace('\r', "\\r"), &['\t'])
            }
            Self::IniDouble => with_backslashes(&held(value, &['\t']), |c| "\\\"".contains(c)),
            Self::HtmlAttribute => Format::Html.apply(value),
        }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `value` with U+FFFD for the control characters that are not `allowed`.
fn held(value: &str, allowed: &[char]) -> String {
    value.chars().map(|c| if c.is_ascii_control() && !allowed.contains(&c) { '\u{fffd}' } else { c }).collect()
}

/// A stretch of a text between two quotes, without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Region {
    start: usize,
    end: usize,
    context: Context,
}

/// The contexts of values in a code block of `language` (the names that guides write: `yaml`, `yml`, `docker-compose`, `json`, `jsonc`,
/// `json5`, `toml`, `bash`, `sh`, `shell`, `zsh`, `console`, `env`, `dotenv`, `ini` and their kin): one for each of `ranges`, which are
/// byte ranges of `text` that hold the values' fallbacks; none where it does not stand between quotes. What the fallbacks
/// themselves say is not looked at, so a quote in one changes nothing. Linear in the text.
#[must_use]
pub fn contexts(language: &str, text: &str, ranges: &[Range<usize>]) -> Vec<Option<Context>> {
    if ranges.is_empty() {
        return Vec::new();
    }
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        if let Some(fallback) = bytes.get_mut(range.clone()) {
            fallback.fill(b'x');
        }
    }
    let regions = match language.to_ascii_lowercase().as_str() {
        "yaml" | "yml" | "docker-compose" | "compose" | "k8s" | "kubernetes" | "ansible" => yaml::regions(&bytes),
        "json" | "jsonc" | "geojson" | "webmanifest" => quotes::json(&bytes, false),
        "json5" | "hjson" => quotes::json(&bytes, true),
        "toml" => quotes::toml(&bytes),
        "bash" | "sh" | "shell" | "zsh" | "ksh" | "ash" | "dash" | "shellscript" => shell::script(&bytes),
        "console" | "shell-session" | "shellsession" | "sh-session" | "bash-session" | "terminal" => {
            shell::session(&bytes)
        }
        "env" | "dotenv" | ".env" => quotes::env(&bytes),
        "ini" | "cfg" | "systemd" => quotes::ini(&bytes),
        _ => Vec::new(),
    };
    let context = |range: &Range<usize>| {
        let region = regions.get(regions.partition_point(|region| region.start <= range.start).checked_sub(1)?)?;
        (range.end <= region.end).then_some(region.context)
    };
    ranges.iter().map(context).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The contexts of the stretches that are written between `«` and `»`.
    fn of(language: &str, marked: &str) -> Vec<&'static str> {
        let mut text = String::new();
        let mut ranges = Vec::new();
        for (index, piece) in marked.split(['«', '»']).enumerate() {
            if index % 2 == 1 {
                ranges.push(text.len()..text.len() + piece.len());
            }
            text.push_str(piece);
        }
        contexts(language, &text, &ranges).into_iter().map(|context| context.map_or("-", Context::as_str)).collect()
    }

    #[test]
    fn names_go_both_ways() {
        for context in Context::ALL {
            assert_eq!(Context::parse(context.as_str()), Some(*context));
        }
    }

    #[test]
    fn yaml_quotes_open_where_a_node_begins() {
        let block = "---\n# it's «c»\na: '«1»'\n\"b«2»\": \"\\\"«3»\"\nc: it's «4»\nd: ['«5»', \"«6»\", {e: '«7»', f: «8»}]\n- '«9»'\n- !tag &x '«10»'\n- k: '«11»' # don't «12»\n";
        assert_eq!(
            of("yaml", block),
            [
                "-",
                "yaml-single",
                "yaml-double",
                "yaml-double",
                "-",
                "yaml-single",
                "yaml-double",
                "yaml-single",
                "-",
                "yaml-single",
                "yaml-single",
                "yaml-single",
                "-"
            ]
        );
        assert_eq!(of("yml", "a: 'it''s «x» and\n  «y»'\nb: «z»\n"), ["yaml-single", "yaml-single", "-"]);
        assert_eq!(
            of("docker-compose", "- 'Host(`«a».«b»`)'\n- TZ='«c»'\n"),
            ["yaml-single", "yaml-single", "-"],
            "a quote inside of a plain scalar"
        );
        assert_eq!(of("yaml", "a: ''\nb: '«x»'\nc: '«»'\n"), ["yaml-single", "yaml-single"]);
        assert_eq!(
            of("yaml", "url: 'http://«a»:«b»/'\nmulti: [\n  '«c»',\n  \"«d»\"\n]\ne: \"«e»\"\n"),
            ["yaml-single", "yaml-single", "yaml-single", "yaml-double", "yaml-double"]
        );
    }

    #[test]
    fn yaml_block_scalars_have_no_context() {
        let block = "a: |\n  x: '«1»'\n\n  y: \"«2»\"\nb: '«3»'\nc:\n  - >-  # folded\n    '«4»'\n  - '«5»'\n  - k: |2\n      '«6»'\n    l: '«7»'\n--- |\n'«8»'\n---\n'«9»': 1\n";
        assert_eq!(
            of("yaml", block),
            ["-", "-", "yaml-single", "-", "yaml-single", "-", "yaml-single", "-", "yaml-single"]
        );
        assert_eq!(of("yaml", "a: | x\nb: '«1»'\n"), ["yaml-single"], "no header");
    }

    #[test]
    fn a_quote_that_is_never_closed_hides_nothing() {
        assert_eq!(of("yaml", "a: 'oops\nb: \"«1»\"\n"), ["yaml-double"]);
        assert_eq!(of("json", "{\"a: 1,\n\"b\": \"«1»\"}"), ["json-string"]);
        assert_eq!(of("toml", "a = 'oops\nb = \"«1»\"\n"), ["toml-basic"]);
        assert_eq!(of("env", "A=\"oops\nB='«1»'\n"), ["env-single"]);
    }

    #[test]
    fn what_a_fallback_says_does_not_count() {
        assert_eq!(of("yaml", "a: '«it's \"»' # «'»\nb: '«x»'\n"), ["yaml-single", "-", "yaml-single"]);
        assert_eq!(of("json", "[\"«\"»\", «\"», \"«x»\"]"), ["json-string", "-", "json-string"]);
    }

    #[test]
    fn json_toml_env_and_ini_have_their_quotes() {
        assert_eq!(of("json", "{\"«k»\": \"\\\\\", \"b\": \"«v»\", \"c\": «n»}"), ["json-string", "json-string", "-"]);
        assert_eq!(of("jsonc", "{ // \"«1»\n /* \"«2» */ \"a\": \"http://«3»\" }"), ["-", "-", "json-string"]);
        assert_eq!(of("json5", "{a: '«1»', b: \"it's «2»\"}"), ["json-single", "json-string"]);
        assert_eq!(of("json", "{'«1»'}"), ["-"]);
        let block = "a = \"«1»\" # \"«2»\nb = '«3»'\nc = \"\"\"\n\"«4»\" \\\"\"\"\"\"\nd = '''«5»'''\ne = «6»\n";
        assert_eq!(of("toml", block), ["toml-basic", "-", "toml-literal", "toml-basic", "toml-literal", "-"]);
        assert_eq!(
            of("env", "# A=\"«1»\"\nA=\"«2»\nmore «3»\"\nexport B='«4»'\nC=«5»\"«6»\"\n"),
            ["-", "env-double", "env-double", "env-single", "-", "-"]
        );
        assert_eq!(of("ini", "; a = \"«1»\"\na = \"«2»\"\nb = '«3»'\nc = x\"«4»\"\n"), ["-", "ini-double", "-", "-"]);
        assert_eq!(of("text", "\"«1»\""), ["-"]);
    }

    #[test]
    fn shell_quotes_know_substitutions_comments_and_documents() {
        assert_eq!(
            of("bash", "echo '«1»' \"«2»\" «3» # don't \"«4»\necho \\' \"«5»\" a#'«6»'\n"),
            ["shell-single", "shell-double", "-", "-", "shell-double", "shell-single"]
        );
        assert_eq!(
            of("sh", "x=\"a«1» $(cmd \"«2»\" '«3»' «4») «5» `c «6»` \\\" «7»\""),
            ["shell-double", "shell-double", "shell-single", "-", "shell-double", "-", "shell-double"]
        );
        assert_eq!(
            of("shell", "cat <<EOF <<-'END' > \"«1»\"\nit's \"«2»\"\nEOF\n\tdon't '«3»'\n\tEND\necho '«4»'\n"),
            ["shell-double", "-", "-", "shell-single"]
        );
        assert_eq!(
            of("bash", "echo $'it\\'s «1»' '«2»' <<<'«3»' $((1 << 2)) '«4»'"),
            ["-", "shell-single", "shell-single", "shell-single"]
        );
        assert_eq!(of("bash", "docker run \\\n  -e 'A=«1»' \\\n  -e \"B='«2»'\""), ["shell-single", "shell-double"]);
    }

    #[test]
    fn sessions_have_commands_and_output() {
        let session = "$ echo '«1»' \\\n    \"«2»\"\nIt's \"«3»\"\nroot@host:~# echo '«4»'\n$ echo 'two\n«5»'\n> not '«6»'\n$ it's «7»\n$ echo '«8»'\n";
        assert_eq!(of("console", session)[..5], ["shell-single", "shell-double", "-", "shell-single", "shell-single"]);
    }

    proptest! {
        #[test]
        fn never_panics_and_answers_every_range(text in "[a'\"\\\\#|>:,\\[\\]{}()`$<\\- \n=;/*x]{0,60}", start in 0_usize..60, length in 0_usize..9) {
            for language in ["yaml", "json5", "toml", "bash", "console", "env", "ini"] {
                let start = start.min(text.len());
                let end = (start + length).min(text.len());
                prop_assert_eq!(contexts(language, &text, &[start..end, 0..0]).len(), 2);
            }
        }
    }
}
