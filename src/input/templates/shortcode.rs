//! Shortcodes that are templates: their names, whether they have bodies, the parameters that they declare.

use std::collections::BTreeMap;

/// A shortcode that is a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortcodeTemplate {
    /// The template's name.
    pub template: String,
    /// Whether it uses its body, and so needs a closing tag.
    pub uses_body: bool,
    /// Whether it may ask for the page that it stands on, itself or in a template that it takes in.
    pub uses_page: bool,
    /// Whether it is the site's own, or the theme's.
    pub is_own: bool,
    /// The parameters that it declares; none when it declares nothing.
    pub parameters: Option<Vec<Parameter>>,
}

/// A parameter that a template declares in its first comment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Whether every use has to give it.
    pub is_required: bool,
    /// The values that it may have; empty for any.
    pub values: Vec<String>,
}

/// Takes the template `template` of the theme or the site in, when its path is that of a shortcode.
pub(super) fn note(
    shortcodes: &mut BTreeMap<String, ShortcodeTemplate>,
    path: &str,
    template: &str,
    text: &str,
    is_own: bool,
) {
    let Some(file) = path.strip_prefix("shortcodes/") else { return };
    let Some(name) = file.strip_suffix(".html").or_else(|| file.strip_suffix(".md")) else { return };
    let uses_body = uses(text, "inner") || uses(text, "children");
    let of_page = ["page", "section", "__tera_context", "include", "extends", "import"];
    let uses_page = of_page.iter().any(|name| may_use(text, name));
    let (template, parameters) = (template.to_owned(), parameters(text));
    let shortcode = ShortcodeTemplate { template, uses_body, uses_page, is_own, parameters };
    shortcodes.insert(name.to_owned(), shortcode);
}

/// The parameters that the first comment of a template declares, where it begins with `params:`, each on a line:
/// `name`, `name: required`, `name: one | two`, `name: required, one | two`.
fn parameters(text: &str) -> Option<Vec<Parameter>> {
    let comment = text.trim_start_matches('\u{feff}').trim_start().strip_prefix("{#")?;
    let comment = comment.get(..comment.find("#}")?)?.trim_matches(['-', ' ', '\t', '\r', '\n']);
    let declared = comment.strip_prefix("params:")?;
    let mut all = Vec::new();
    for line in declared.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, rest) = line.split_once(':').unwrap_or((line, ""));
        let mut parameter = Parameter { name: name.trim().to_owned(), ..Parameter::default() };
        for part in rest.split(',').map(str::trim) {
            if part == "required" {
                parameter.is_required = true;
            } else if !part.is_empty() {
                parameter.values = part.split('|').map(|value| value.trim().to_owned()).collect();
            }
        }
        all.push(parameter);
    }
    Some(all)
}

/// Whether a template may speak of `name`: where it has that word behind the comment at its beginning.
fn may_use(text: &str, name: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let behind =
        text.strip_prefix("{#").and_then(|comment| comment.split_once("#}")).map_or(text, |(_, behind)| behind);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    behind
        .match_indices(name)
        .any(|(at, _)| !behind[..at].ends_with(is_word) && !behind[at + name.len()..].starts_with(is_word))
}

/// Whether a template speaks of `name` outside of its comments.
fn uses(text: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find("{#") {
        if mentions(&rest[..start], name) {
            return true;
        }
        rest = rest[start..].find("#}").map_or("", |end| &rest[start + end + 2..]);
    }
    mentions(rest, name)
}

/// Whether `name` stands in `text` as a word inside of braces.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = &text[..at];
        let is_whole =
            !before.ends_with(is_word) && !before.ends_with('.') && !text[at + name.len()..].starts_with(is_word);
        is_whole
            && before
                .rfind(['{', '}'])
                .is_some_and(|brace| before[brace..].starts_with('{') || before[brace..].starts_with("{%"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_gets_the_page_where_it_may_ask_for_it() {
        for text in [
            "{{ page.title }}",
            "{{ \"{#\" }}{{ page.a }}#}",
            "{{ \"}\" ~ page.b }}",
            "{#- a -#}{% set a = section %}",
            "{{ [...page.a] }}",
            "{{ 1/page.b }}",
        ] {
            assert!(may_use(text, "page") || may_use(text, "section"), "{text}");
        }
        for text in ["{# the page #}{{ pages(section=x) }}", "{{ args[0] }}<section>{{ my_page }}</section>"] {
            assert!(!may_use(text, "page"), "{text}");
        }
    }

    #[test]
    fn a_template_declares_its_parameters_in_its_first_comment() {
        let text = "{#- params:\n  src: required\n  size: small | large\n  kind: required, a|b\n  alt\n-#}\n<p>";
        let declared = parameters(text).unwrap();
        let seen: Vec<_> = declared.iter().map(|p| (p.name.as_str(), p.is_required, p.values.join(" "))).collect();
        assert_eq!(
            seen,
            [
                ("src", true, String::new()),
                ("size", false, "small large".to_owned()),
                ("kind", true, "a b".to_owned()),
                ("alt", false, String::new())
            ]
        );
        assert_eq!(parameters("{# A note: params #}"), None);
        assert_eq!(parameters("<p>{# params: a #}"), None);
    }
}
