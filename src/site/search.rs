//! What a search finds: one record a page, made of the guide itself. What templates put around it, navigation, header
//! and footer, is not in it. The index is made of the records at the edge.
//!
//! A record is HTML, small enough to be read in no time: headings with their ids, blocks, and text. The fallbacks of
//! variables are in it as what they are on the page, text.

mod token;

use super::entry::{Page, PageId, PageKind};
use super::escape::{escape, one_line};
use super::whole::Site;
use crate::page::html::{self, Piece, Tag};
use crate::page::rendered::Rendered;
use std::fmt::Write as _;
use std::sync::Arc;

/// Below which folder of the output the index is.
pub const FOLDER: &str = "pagefind";

/// Everything that is found on a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// The site's language, by which words are reduced to their stems.
    pub language: String,
    /// One a page, in the order of the pages.
    pub pages: Vec<Arc<Record>>,
}

/// What is found on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The page's address as a URL, without the base path.
    pub url: String,
    /// What is found, as HTML.
    pub html: String,
}

/// The record of a page; none when the site has no search. `noindex` and `build` keep a page out, and lists of terms are no guides.
#[must_use]
pub fn record(site: &Site, id: PageId, rendered: Option<&Rendered>) -> Option<Record> {
    let page = site.index.page(id).filter(|_| site.config.search)?;
    let is_found = page.is_listed()
        && page.is_written()
        && !matches!(page.kind, PageKind::Taxonomy | PageKind::Term)
        && !site.index.front(page).seo.noindex;
    let body = rendered.map_or("", |rendered| rendered.html.as_str());
    is_found.then(|| Record { url: page.address.href(), html: text(site, page, body) })
}

fn text(site: &Site, page: &Page, body: &str) -> String {
    let front = site.index.front(page);
    let language = escape(&site.config.language);
    let mut out = format!("<html lang=\"{language}\"><body>\n");
    let mut fact = |kind: &str, name: &str, value: &str| {
        let value = escape(value);
        let _ = writeln!(out, "<p data-pagefind-{kind}=\"{name}[data-value]\" data-value=\"{value}\"></p>");
    };
    fact("meta", "title", &one_line(&page.title));
    if let Some(section) = section(site, page) {
        fact("filter", "section", &section);
    }
    if let Some(level) = &front.support.level {
        fact("filter", "support", level);
        fact("meta", "support", level);
    }
    let path: Vec<&str> = site
        .index
        .ancestors(page.id)
        .iter()
        .skip(1)
        .filter_map(|id| Some(site.index.page(*id)?.link_title.as_str()))
        .collect();
    if !path.is_empty() {
        fact("meta", "path", &one_line(&path.join(" › ")));
    }
    let words: Vec<&str> = front.keywords.iter().chain(&front.tags).map(String::as_str).collect();
    if !words.is_empty() {
        fact("meta", "keywords", &one_line(&words.join(", ")));
    }
    // The title is a heading, so that its words count for more than those of the text.
    out.push_str("<h1>");
    token::write(&mut out, &one_line(&page.title));
    out.push_str("</h1>\n");
    for line in [&page.description, &front.lead].into_iter().flatten() {
        out.push_str("<p>");
        token::write(&mut out, line);
        out.push_str("</p>\n");
    }
    content(&mut out, body);
    out.push_str("</body></html>\n");
    out
}

/// The section at the top that a page is in.
fn section(site: &Site, page: &Page) -> Option<String> {
    let ancestors = site.index.ancestors(page.id);
    let top = match (ancestors.get(1), page.kind) {
        (Some(top), _) => *top,
        (None, PageKind::Section) => page.id,
        (None, _) => return None,
    };
    Some(one_line(&site.index.page(top)?.link_title))
}

/// Elements that no text of a guide is in: what script and style say, drawings, controls, and the links of headings to
/// themselves.
const LEFT_OUT: [&str; 8] = ["svg", "script", "style", "template", "noscript", "button", "select", "math"];

/// Elements without content, which never close.
const VOID: [&str; 6] = ["img", "br", "hr", "input", "source", "wbr"];

/// Elements within a line: they part no words.
const INLINE: [&str; 26] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var",
];

/// Writes what is found in `body`.
fn content(out: &mut String, body: &str) {
    let mut text = String::new();
    // What is left out, and how often its element is open inside of itself.
    let mut left_out: Option<(&str, usize)> = None;
    for piece in html::pieces(body) {
        match piece {
            Piece::Raw(_) => {}
            Piece::Text(source) if left_out.is_none() => html::unescape_into(&mut text, source),
            Piece::Text(_) => {}
            Piece::Tag(tag) => match &mut left_out {
                Some((name, depth)) => {
                    if tag.name.eq_ignore_ascii_case(name) {
                        *depth = if tag.closing { *depth - 1 } else { *depth + 1 };
                    }
                    if *depth == 0 {
                        left_out = None;
                    }
                }
                None if is_left_out(&tag) => left_out = Some((tag.name, 1)),
                None => write_tag(out, &mut text, &tag),
            },
        }
    }
    token::write(out, &text);
}

fn is_left_out(tag: &Tag<'_>) -> bool {
    let is = |name: &&str| tag.name.eq_ignore_ascii_case(name);
    let said = |name: &str| tag.attributes().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
    !tag.closing
        && !tag.source.ends_with("/>")
        && !VOID.iter().any(is)
        && (LEFT_OUT.iter().any(is)
            || said("data-pagefind-ignore").is_some()
            || (is(&"a") && said("class").is_some_and(|class| class.value.split(' ').any(|class| class == "anchor"))))
}

/// Writes the tag of a block, and the text before it. Of attributes the id of a heading stays, which is a target.
fn write_tag(out: &mut String, text: &mut String, tag: &Tag<'_>) {
    if INLINE.iter().any(|name| tag.name.eq_ignore_ascii_case(name)) {
        return;
    }
    token::write(out, text);
    text.clear();
    let heading = ["h1", "h2", "h3", "h4", "h5", "h6"].iter().find(|name| tag.name.eq_ignore_ascii_case(name));
    match heading {
        Some(name) if tag.closing => {
            let _ = writeln!(out, "</{name}>");
        }
        Some(name) => {
            let id = tag.attributes().find(|attribute| attribute.name.eq_ignore_ascii_case("id"));
            match id {
                Some(id) if !id.value.contains('"') => {
                    let _ = write!(out, "<{name} id=\"{}\">", id.value);
                }
                _ => {
                    let _ = write!(out, "<{name}>");
                }
            }
        }
        // Any other block parts words, and that is all there is to it.
        None => out.push_str("<br>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> String {
        let mut out = String::new();
        content(&mut out, body);
        out
    }

    #[test]
    fn headings_keep_their_ids_and_spans_part_no_words() {
        let body = "<h2 id=\"setup\">Set <em>up</em> <a class=\"anchor\" href=\"#setup\" aria-hidden=\"true\">#</a></h2>\
                    <pre><code><span class=\"k\">client</span><span>_id</span>\nb</code></pre>";
        assert_eq!(found(body), "<h2 id=\"setup\">Set up </h2>\n<br>client_id\nb<br>");
    }

    #[test]
    fn what_is_no_text_is_left_out() {
        let body = "<p>a<svg><svg>x</svg>y</svg>b</p><script>if (a<b) c</script><p data-pagefind-ignore>n<b>o</b></p>\
                    <img src=x><button>Copy</button>z &lt;i&gt;";
        assert_eq!(found(body), "<br>ab<br>z &lt;i&gt;");
    }
}
