//! Archetypes: what a new guide begins with. A template whose shortcodes stay as they are.

use crate::base::{Code, Diagnostic, Place, Source};
use tera::{Context, Tera};

/// What an archetype can fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values<'a> {
    /// A title, from the file's name.
    pub title: &'a str,
    /// The time, as RFC 3339 writes it.
    pub date: &'a str,
    /// The guide's path below `content/`.
    pub path: &'a str,
    /// The archetype's name.
    pub kind: &'a str,
}

/// The delimiters of shortcodes, which Tera would take for its own, and what stands for them meanwhile.
const DELIMITERS: [(&str, &str); 4] =
    [("{{<", "\u{10fff0}<"), (">}}", ">\u{10fff1}"), ("{{%", "\u{10fff0}%"), ("%}}", "%\u{10fff1}")];

/// The text of a new guide.
///
/// # Errors
/// When the archetype is no template, or asks for something that is not there.
pub fn render(source: &Source, values: &Values<'_>) -> Result<String, Diagnostic> {
    let hidden = DELIMITERS.iter().fold(source.text().to_string(), |text, (own, other)| text.replace(own, other));
    let mut context = Context::new();
    context.insert("title", values.title);
    context.insert("date", values.date);
    context.insert("path", values.path);
    context.insert("kind", values.kind);
    let mut tera = Tera::default();
    let rendered = tera.add_raw_template("archetype.md", &hidden).and_then(|()| tera.render("archetype.md", &context));
    let rendered = rendered.map_err(|error| {
        Diagnostic::new(Code::Template, error.to_string())
            .at(Place::file(source.path().clone()))
            .help("an archetype can use title, date, path and kind")
    })?;
    Ok(DELIMITERS.iter().fold(rendered, |text, (own, other)| text.replace(other, own)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> Result<String, Diagnostic> {
        let values = Values { title: "A <b>", date: "2026-01-02T03:04:05Z", path: "a/b.md", kind: "client" };
        render(&Source::new("archetypes/client.md", text), &values)
    }

    #[test]
    fn values_are_filled_in_and_shortcodes_stay() {
        let text = "{{ title }} {{ date }} {{ path }} {{ kind }} {{< a b=\"{{ c }}\" >}} {{% oidc-common %}}{% raw %}{{< x >}}{% endraw %}";
        assert!(
            rendered(&text.replace("{{ c }}", "c")).unwrap().starts_with("A <b> 2026-01-02T03:04:05Z a/b.md client ")
        );
        assert_eq!(
            rendered("{{< a >}}\n{{% b %}}{% raw %}{{< x >}}{% endraw %}\n").unwrap(),
            "{{< a >}}\n{{% b %}}{{< x >}}\n"
        );
    }

    #[test]
    fn what_is_not_there_is_said() {
        assert!(rendered("{{ author }}").is_err());
        assert!(rendered("{% if %}").is_err());
    }
}
