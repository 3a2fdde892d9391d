//! What holds of every guide, however it is written.

use super::html::{self, Piece};
use super::rendered::Rendered;
use super::slot;
use super::testing::TestWorld;
use crate::input::config::RawHtml;
use proptest::prelude::*;

/// Pieces that mean something in Markdown, HTML or shortcodes, and words.
const PIECES: &[&str] = &[
    "a",
    "b c",
    "ä",
    "日本",
    "\u{1f600}",
    "é",
    "1",
    ".",
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "# ",
    "## ",
    "#",
    "===\n",
    "---\n",
    "- ",
    "* ",
    "1. ",
    "> ",
    ">",
    "- [ ] ",
    "*",
    "**",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "```\n",
    "```yaml {title=\"a.yml\"}\n",
    "~~~\n",
    "|",
    "| a | b |\n",
    "|---|---|\n",
    "a | b\n-|-\n",
    "|\t-\t|\n",
    ": ",
    ":",
    "Term\n: d",
    ":smile:",
    "[",
    "]",
    "(",
    ")",
    "[a](b)",
    "![a](b)",
    "[a]: /b \"c\"\n",
    "[^1]",
    "[^1]: note\n",
    "[^A]",
    "<b>",
    "</b>",
    "<div>\n",
    "</div>\n",
    "<a href=\"/x\">",
    "<img src=x onerror=y>",
    "<!-- c -->",
    "<!--more-->",
    "<!--",
    "<script>",
    "</script>",
    "<style>",
    "<p",
    "\"",
    "'",
    "--",
    "...",
    "&",
    "&amp;",
    "&#45;",
    "&eacute;",
    "\\",
    "\\*",
    "$",
    "$$",
    "$x$",
    "$HOME/",
    "${A}",
    "{#id}",
    "{.c}",
    "{.c #i k=v}\n",
    "{",
    "}",
    "{x}",
    "https://a.com/x",
    "https://a.com/_b_",
    "www.a.com",
    "me@a.com",
    "\u{0}",
    "\u{100000}",
    "\u{10fffb}",
    "{{< y >}}",
    "{{< b >}}",
    "{{< z >}}",
    "{{% list %}}",
    "{{< note >}}",
    "{{< /note >}}",
    "{{% note %}}",
    "{{% /note %}}",
    "{{< line >}}",
    "{{< /line >}}",
    "{{< raw >}}",
    "{{< /raw >}}",
    "{{< all >}}",
    "{{< /all >}}",
    "{{< link \"t\" >}}",
    "{{< /link >}}",
    "{{< broken >}}",
    "{{< unknown >}}",
    "{{< sitevar name=\"domain\" >}}",
    "{{< sitevar name=\"no\" nojs=\"x<y\" >}}",
    "{{< sitevar name=\"domain\" format=\"regex\" >}}",
    "{{< include \"./a.yml\" >}}",
    "{{% include file=\"./self.md\" %}}",
    "{{<",
    ">}}",
    "{{%",
    "{{</* y */>}}",
    "> [!NOTE]\n",
];

fn guide() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// As the reading of files gives it: without characters that guidegen keeps for itself.
fn readable(text: &str) -> String {
    super::read::text("content/folder/page.md", text.as_bytes()).0.text().to_string()
}

fn check(text: &str, rendered: &Rendered) -> Result<(), TestCaseError> {
    prop_assert!(!slot::may_hold_reserved(&rendered.html), "a slot is left: {}", rendered.html);
    prop_assert!(!slot::may_hold_reserved(&rendered.markdown), "a slot is left: {}", rendered.markdown);
    let spans = rendered.links.iter().map(|link| link.span).chain(rendered.ids.iter().map(|id| id.span));
    for span in spans.chain(rendered.variables.iter().map(|variable| variable.span)) {
        prop_assert!(text.get(span.range()).is_some(), "{span:?} is no part of the text");
    }
    let lines: Vec<&str> = text.split('\n').collect();
    for diagnostic in &rendered.diagnostics {
        let Some(range) = diagnostic.place.as_ref().and_then(|place| place.range) else { continue };
        let line = lines.get(range.line.saturating_sub(1) as usize);
        prop_assert!(line.is_some_and(|line| range.column as usize <= line.chars().count() + 1), "{diagnostic:?}");
    }
    Ok(())
}

/// So many by themselves, and more when `PROPTEST_CASES` says so.
fn cases() -> ProptestConfig {
    let told = ProptestConfig::default();
    ProptestConfig { cases: told.cases.max(400), ..told }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_guide_is_rendered_with_places_in_it(text in guide()) {
        let text = readable(&text);
        check(&text, &TestWorld::default().render(&text))?;
    }

    #[test]
    fn rendering_again_gives_the_same(text in guide()) {
        let text = readable(&text);
        let world = || TestWorld { base_path: "/docs".to_owned(), ..TestWorld::default() };
        let (first, second) = (world().render(&text), world().render(&text));
        check(&text, &first)?;
        prop_assert_eq!(first.html, second.html);
        prop_assert_eq!(first.diagnostics, second.diagnostics);
    }

    #[test]
    fn raw_html_that_is_not_allowed_runs_nothing(text in guide(), escaped in any::<bool>()) {
        let text = readable(&text);
        let raw_html = if escaped { RawHtml::Escape } else { RawHtml::Sanitize };
        let rendered = TestWorld { raw_html, ..TestWorld::default() }.render(&text);
        check(&text, &rendered)?;
        for piece in html::pieces(&rendered.html) {
            let Piece::Tag(tag) = piece else { continue };
            prop_assert!(!["script", "style"].contains(&tag.name), "{}", rendered.html);
            prop_assert!(tag.attributes().all(|attribute| attribute.name != "onerror"), "{}", rendered.html);
        }
    }
}
