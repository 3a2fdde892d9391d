//! The reader's values: what is written in a format or between quotes is read back as the same text by whom it is meant for,
//! nothing gets out of its quotes, and every kind of variable either takes a value or says why not.

use super::places::assert_part;
use guidegen::base::Code;
use guidegen::input::format::Format;
use guidegen::input::variable::validate::is_forbidden;
use guidegen::input::variable::{Pattern, TextTemplate, Variables};
use guidegen::page::context::{Context, contexts};
use guidegen::page::html;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// A variable of every kind.
static KINDS: LazyLock<Variables> = LazyLock::new(|| {
    let declared = json!({
        "string": { "type": "string", "default": "" },
        "hostname": { "type": "hostname", "default": "auth.example.com" },
        "domain": { "type": "domain", "default": "example.com" },
        "label": { "type": "label", "default": "auth" },
        "port": { "type": "port", "default": 9091, "min": 2, "max": 65000 },
        "number": { "type": "number", "default": 0.5, "min": -5 },
        "boolean": { "type": "boolean", "default": true, "text": { "true": "https", "false": "http" } },
        "choice": { "type": "choice", "default": "a", "options": [{ "value": "a", "label": "A" }, { "value": "b", "label": "B" }] },
        "url": { "type": "url", "default": "https://example.com/" },
        "path": { "type": "path", "default": "/auth" },
        "email": { "type": "email", "default": "a@example.com" },
        "ip": { "type": "ip", "default": "192.0.2.1" },
        "cidr": { "type": "cidr", "default": "192.0.2.0/24" },
        "pattern": { "type": "string", "default": "a-1", "pattern": "[a-z]+-[0-9]{1,3}" },
    });
    let computed =
        json!({ "address": "{boolean}://{label}.{domain|lower}:{port}{path}", "escaped": "{{{domain|regex}}}" });
    let (variables, problems) = Variables::load(&declared, &computed, &|_| None, Code::Config);
    assert!(problems.is_empty(), "{problems:?}");
    variables
});

/// Takes `data` for a value, for the template of a computed one, for a block of code with a value in it, and its first line
/// for a pattern.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check_formats(&text);
    if !text.chars().any(is_forbidden) {
        check_contexts(&text);
    }
    check_kinds(&text);
    check_template(&text);
    check_places(&text);
    let (pattern, value) = text.split_once('\n').unwrap_or((&text, ""));
    if let Ok(pattern) = Pattern::compile(pattern) {
        assert_eq!(pattern.matches(value), walk(&pattern.browser_json(), value), "the table says the same");
    }
}

fn check_formats(text: &str) {
    let of = |format: Format| format.apply(text);
    let read: String = serde_json::from_str(&format!("\"{}\"", of(Format::Json))).expect("the body of a JSON string");
    assert_eq!(read, text);
    let yaml: Value = serde_yaml::from_str(&format!("key: {}\n", of(Format::Yaml))).expect("a YAML scalar");
    assert_eq!(yaml["key"], json!(text));
    let url = of(Format::Url);
    assert!(url.is_ascii());
    assert_eq!(percent_encoding::percent_decode_str(&url).decode_utf8().expect("UTF-8"), text);
    // Compiling takes its time with the length.
    if text.len() < 200 {
        let pattern = regex::Regex::new(&format!("(?s)\\A{}\\z", of(Format::Regex))).expect("an expression");
        assert!(pattern.is_match(text));
    }
    let html = of(Format::Html);
    assert!(!html.contains(['<', '>', '"', '\'']));
    assert_eq!(unescaped(&html), text);
    let shell = of(Format::Shell);
    let word = shell.strip_prefix('\'').and_then(|word| word.strip_suffix('\'')).unwrap_or(&shell);
    assert_eq!(word.replace("'\\''", "'"), text);
    assert!(!word.replace("'\\''", "").contains('\''), "nothing ends the quotes: {shell}");
    assert_eq!(of(Format::Base64).len(), text.len().div_ceil(3) * 4);
    assert!(text.starts_with(&of(Format::FirstLabel)) && !of(Format::FirstLabel).contains('.'));
    let name = of(Format::Dn);
    assert!(!name.contains('\0') && (name.is_empty() || name.starts_with("DC=")), "{name}");
    assert_eq!(of(Format::Upper), text.to_uppercase());
}

/// A value as the reader may give it, between the quotes of every kind.
fn check_contexts(text: &str) {
    let of = |context: Context| context.escape(text);
    for (context, quote) in [(Context::YamlSingle, '\''), (Context::YamlDouble, '"')] {
        let block = format!("key: {quote}{}{quote}\n", of(context));
        let read: Value = serde_yaml::from_str(&block).unwrap_or_else(|why| panic!("{block}: {why}"));
        assert_eq!(read["key"], json!(text), "{context}");
    }
    let json: String = serde_json::from_str(&format!("\"{}\"", of(Context::JsonString))).expect("JSON");
    assert_eq!(json, text);
    for (context, quote, held) in
        [(Context::TomlBasic, '"', text.to_owned()), (Context::TomlLiteral, '\'', text.replace('\'', "\u{fffd}"))]
    {
        let block = format!("key = {quote}{}{quote}\n", of(context));
        let read: toml::Table = toml::from_str(&block).unwrap_or_else(|why| panic!("{block}: {why}"));
        assert_eq!(read["key"].as_str(), Some(held.as_str()), "{context}");
    }
    assert_eq!(of(Context::ShellSingle).replace("'\\''", "'"), text);
    assert_eq!(without_backslashes(&of(Context::JsonSingle), "'", "'\\"), text);
    assert_eq!(without_backslashes(&of(Context::ShellDouble), "\"$`", "\\\"$`"), text);
    assert_eq!(without_backslashes(&of(Context::EnvSingle), "'", "'"), text);
    assert_eq!(without_backslashes(&of(Context::EnvDouble), "\"$", "\\\"$"), text);
    assert_eq!(without_backslashes(&of(Context::IniDouble), "\"", "\\\""), text);
    assert_eq!(unescaped(&of(Context::HtmlAttribute)), text);
}

/// `text` as it is read where a backslash stands before each of `special`, each of which ends the quotes or means something
/// when it is `bare`.
fn without_backslashes(text: &str, bare: &str, special: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && special.contains(*next) => out.extend(chars.next()),
            _ => {
                assert!(!bare.contains(c), "`{c}` gets out of the quotes: {text}");
                out.push(c);
            }
        }
    }
    out
}

fn unescaped(html: &str) -> String {
    let mut out = String::new();
    html::unescape_into(&mut out, html);
    out
}

fn check_kinds(text: &str) {
    let mut variables = KINDS.clone();
    for variable in KINDS.iter() {
        let name = variable.name.as_str();
        match variable.validate(text) {
            Ok(()) => {
                assert!(!text.chars().any(is_forbidden), "{name} takes {text:?}");
                variables.bake(name, text).expect("what is valid can be baked in");
                let address = variables.fallback("address").expect("it is made of variables that are there");
                assert!(!address.contains(['{', '}']) || text.contains(['{', '}']), "{address}");
            }
            Err(why) => {
                assert!(!why.is_empty());
                assert!(variables.bake(name, text).is_err());
            }
        }
    }
}

/// The template of a computed value is read, or refused at a place in it; what is read has every value in it.
fn check_template(text: &str) {
    let template = match TextTemplate::parse(text) {
        Ok(template) => template,
        Err(error) => {
            assert_part(text, error.span);
            assert!(!error.message.is_empty(), "{error:?}");
            return;
        }
    };
    assert_eq!(template.expand(|_, _| None).is_none(), template.names().next().is_some());
    let expanded = template.expand(|_, _| Some("<value>".to_owned())).expect("every value is known");
    assert!(expanded.matches("<value>").count() >= template.names().count(), "{text}: {expanded}");
}

/// Whether a value in a block of code stands between quotes is known in every language, wherever it stands.
fn check_places(text: &str) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = |nth: usize| ends[nth * (ends.len() - 1) / 7];
    let ranges = [at(1)..at(2), at(3)..at(3), at(4)..at(6)];
    for language in ["yaml", "json", "json5", "toml", "bash", "console", "env", "ini", "text"] {
        assert_eq!(contexts(language, text, &ranges).len(), ranges.len());
    }
}

/// Whether `value` matches, as `static/guidegen.js` finds it out.
fn walk(table: &Value, value: &str) -> bool {
    let number = |of: &Value| of.as_i64().expect("a number");
    let list = |name: &str| table[name].as_array().expect("a list");
    let mut state = 0;
    for c in value.chars() {
        let class = list("bounds").iter().filter(|bound| number(bound) <= i64::from(u32::from(c))).count();
        let column = number(&list("columns")[class]);
        if column < 0 {
            return false;
        }
        state = number(&list("next")[usize::try_from(state * number(&table["width"]) + column).expect("a cell")]);
        if state < 0 {
            return false;
        }
    }
    list("accept").contains(&json!(state))
}
