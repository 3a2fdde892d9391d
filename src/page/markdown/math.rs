//! Math: LaTeX to MathML, without a style attribute. `$` is a character of shells and prices first: what looks like
//! `$HOME/$USER`, `${A}/${B}` or `$5 and $6` is text, in which marks count.

use super::Step;
use super::edit::Edits;
use crate::page::html;
use pulldown_cmark::Event;
use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, push_mathml};
use std::fmt::Write as _;
use std::ops::Range;

/// Makes text of what stands between two `$` and is no formula.
pub fn escape_others(source: &str, steps: &[Step<'_>], edits: &mut Edits) {
    for (event, range) in steps {
        let width = match event {
            Event::InlineMath(latex) if !is_formula(source, latex, range) => 1,
            Event::DisplayMath(latex) if is_prose(latex) => 2,
            _ => continue,
        };
        for at in (range.start..range.start + width).chain(range.end - width..range.end) {
            edits.insert(at, "\\");
        }
    }
}

/// `$…$` in a line.
pub fn inline(source: &str, latex: &str, range: &Range<usize>) -> String {
    if is_formula(source, latex, range) {
        return formula(latex, DisplayMode::Inline);
    }
    let mut out = String::from("$");
    html::escape_text_into(&mut out, latex);
    out.push('$');
    out
}

/// `$$…$$`.
pub fn display(latex: &str) -> String {
    formula(latex, DisplayMode::Block)
}

/// Whether what stands between two `$` at `range` is meant as a formula.
fn is_formula(source: &str, latex: &str, range: &Range<usize>) -> bool {
    let before = source[..range.start].chars().next_back();
    let behind = source[range.end..].chars().next();
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '{' | '_' | '$'));
    // `$A:$B`: what separates two variables stands before the second.
    let separates = latex.ends_with(|c: char| {
        matches!(
            c,
            '/' | ':' | '=' | ',' | ';' | '.' | '-' | '+' | '"' | '\'' | '(' | '[' | '{' | '@' | '&' | '<' | '>' | '_'
        )
    });
    let is_expansion = latex.starts_with(['{', '(']) && !latex.contains('\\');
    let is_shell = touches(before) || touches(behind) || behind == Some('(') || separates || is_expansion;
    !(is_shell || is_name(latex) || is_prose(latex))
}

/// Two letters or more in capitals are the name of a variable: `$HOME and $`.
fn is_name(latex: &str) -> bool {
    let word = latex
        .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .map_or(latex, |end| &latex[..end]);
    word.len() > 1 && word.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
}

/// A word of three letters or more stands in no formula by itself.
fn is_prose(latex: &str) -> bool {
    let is_word = |word: &str| word.chars().count() > 2 && word.chars().all(char::is_alphabetic);
    !latex.contains('\\') && latex.contains(char::is_whitespace) && latex.split_whitespace().any(is_word)
}

fn formula(latex: &str, mode: DisplayMode) -> String {
    /// Nobody writes a longer one, and the parser takes more than linear time.
    const LONGEST: usize = 4_000;
    let storage = Storage::new();
    let is_legal = latex.len() <= LONGEST && Parser::new(latex, &storage).all(|event| event.is_ok());
    let mut mathml = String::new();
    let config = RenderConfig { display_mode: mode, ..RenderConfig::default() };
    if is_legal
        && push_mathml(&mut mathml, Parser::new(latex, &storage), config).is_ok()
        && let Some(clean) = clean(&mathml)
    {
        return grouped(&clean);
    }
    let mut out = String::from("<code class=\"math\">");
    html::escape_text_into(&mut out, latex);
    out.push_str("</code>");
    out
}

/// The elements that formulas are made of.
const ELEMENTS: &[&str] = &[
    "math",
    "menclose",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "none",
];

/// Their attributes. `style` is not among them: the Content-Security-Policy allows none, and what it says is spacing
/// that a browser does well by itself.
const ATTRIBUTES: &[&str] = &[
    "accent",
    "accentunder",
    "columnalign",
    "columnlines",
    "columnspacing",
    "columnspan",
    "depth",
    "dir",
    "display",
    "displaystyle",
    "fence",
    "form",
    "frame",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathbackground",
    "mathcolor",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "notation",
    "rowalign",
    "rowlines",
    "rowspacing",
    "rowspan",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
    "voffset",
    "width",
    "xmlns",
];

/// What belongs to a formula; none when there is more: the names of operators are written as the author has them,
/// markup and all.
fn clean(mathml: &str) -> Option<String> {
    let mut out = String::with_capacity(mathml.len());
    for piece in html::pieces(mathml) {
        match piece {
            html::Piece::Text(text) if !text.contains('<') => out.push_str(text),
            html::Piece::Tag(tag) if ELEMENTS.contains(&tag.name) => {
                out.push_str(if tag.closing { "</" } else { "<" });
                out.push_str(tag.name);
                for attribute in tag.attributes().filter(|attribute| ATTRIBUTES.contains(&attribute.name)) {
                    let _ = write!(out, " {}=\"{}\"", attribute.name, attribute.value.replace('"', "&quot;"));
                }
                out.push_str(if tag.source.ends_with("/>") { "/>" } else { ">" });
            }
            _ => return None,
        }
    }
    Some(out)
}

/// How many parts an element has that has a place for each (MathML Core, sections 3.3 and 3.4).
fn parts(name: &str) -> Option<usize> {
    match name {
        "mfrac" | "mover" | "mroot" | "msub" | "msup" | "munder" => Some(2),
        "msubsup" | "munderover" => Some(3),
        _ => None,
    }
}

/// The formula with what is one part in one element: the space before the name of a function is written beside it, and would
/// be a part of its own.
fn grouped(mathml: &str) -> String {
    /// An element that is open: its name, where its content begins, and where each of its children ends.
    struct Open<'a>(&'a str, usize, Vec<usize>);
    let mut out = String::with_capacity(mathml.len());
    let mut open: Vec<Open<'_>> = Vec::new();
    for piece in html::pieces(mathml) {
        match piece {
            html::Piece::Tag(tag) if tag.closing => {
                if let Some(Open(name, start, ends)) = open.pop() {
                    let surplus = parts(name).and_then(|parts| ends.len().checked_sub(parts)).unwrap_or_default();
                    if let Some(end) = ends.get(surplus).filter(|_| surplus > 0) {
                        out.insert_str(*end, "</mrow>");
                        out.insert_str(start, "<mrow>");
                    }
                }
                out.push_str(tag.source);
            }
            html::Piece::Tag(tag) => {
                out.push_str(tag.source);
                if !tag.source.ends_with("/>") {
                    open.push(Open(tag.name, out.len(), Vec::new()));
                    continue;
                }
            }
            html::Piece::Text(text) | html::Piece::Raw(text) => {
                out.push_str(text);
                continue;
            }
        }
        let end = out.len();
        if let Some(Open(_, _, ends)) = open.last_mut() {
            ends.push(end);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_has_its_index() {
        let out = inline("$n \\log_2 k$", "n \\log_2 k", &(0..12));
        assert!(out.contains("<msub><mrow>") && out.contains("</mrow><mn>2</mn></msub>"), "{out}");
        for (written, wanted) in [
            ("<msub><mi>a</mi><mn>2</mn></msub>", "<msub><mi>a</mi><mn>2</mn></msub>"),
            ("<msub><mspace/><mi>a</mi><mn>2</mn></msub>", "<msub><mrow><mspace/><mi>a</mi></mrow><mn>2</mn></msub>"),
            (
                "<msup><mspace/><msub><mspace/><mi>a</mi><mn>2</mn></msub><mi>b</mi></msup>",
                "<msup><mrow><mspace/><msub><mrow><mspace/><mi>a</mi></mrow><mn>2</mn></msub></mrow><mi>b</mi></msup>",
            ),
            ("<mrow><mi>a</mi><mi>b</mi><mi>c</mi></mrow>", "<mrow><mi>a</mi><mi>b</mi><mi>c</mi></mrow>"),
        ] {
            assert_eq!(grouped(written), wanted);
        }
    }

    /// The formulas that are found in a text.
    fn formulas(text: &str) -> Vec<String> {
        let steps = super::super::parse(text);
        steps
            .iter()
            .filter_map(|(event, range)| match event {
                Event::InlineMath(latex) if is_formula(text, latex, range) => Some(latex.to_string()),
                Event::DisplayMath(latex) if !is_prose(latex) => Some(latex.to_string()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn shells_and_prices_are_text() {
        for text in [
            "$HOME/$USER",
            "${A}/${B}",
            "$5 and $6",
            "a$5, b$6",
            "from $5-$10 or $7",
            "$host:$port",
            "$(id) or $(whoami)",
            "set $user and then $group too",
            "`$a` kill $$ and wait $$",
            "$_x and y$",
            "US$5 $ x$",
        ] {
            assert!(formulas(text).is_empty(), "{text}: {:?}", formulas(text));
        }
    }

    #[test]
    fn formulas_are_found() {
        for (text, found) in [
            ("$x$", "x"),
            ("so $a + b = c$.", "a + b = c"),
            ("($\\frac{1}{2}$)", "\\frac{1}{2}"),
            ("$$ x^2 $$", " x^2 "),
            ("$O(n)$", "O(n)"),
        ] {
            assert_eq!(formulas(text), [found], "{text}");
        }
    }

    #[test]
    fn no_style_is_written() {
        let out = display("\\begin{matrix} a & b \\\\ c & d \\end{matrix} \\color{red} x \\quad y");
        assert!(out.contains("<math") && !out.contains("style="), "{out}");
        let out = inline("$\\frac{1$", "\\frac{1", &(0..9));
        assert_eq!(out, "<code class=\"math\">\\frac{1</code>");
    }

    #[test]
    fn formulas_are_text_to_a_browser_and_have_an_end() {
        for latex in [
            "\\text{<script>x</script>}",
            "<b",
            "\\href{javascript:x}{y}",
            "\\color{\" onload=\"x}y",
            "\\operatorname{<i>}",
        ] {
            let out = display(latex);
            for piece in html::pieces(&out) {
                if let html::Piece::Tag(tag) = piece {
                    assert!(
                        tag.name.starts_with('m') || matches!(tag.name, "code" | "annotation" | "semantics"),
                        "{out}"
                    );
                    assert!(tag.attributes().all(|a| !a.name.starts_with("on") && a.name != "href"), "{out}");
                }
            }
        }
        for latex in [
            "{".repeat(20_000) + &"}".repeat(20_000),
            "\\frac{".repeat(20_000) + "1",
            "\\def\\a{xx}".to_owned()
                + &('b'..='z')
                    .map(|c| format!("\\def\\{c}{{\\{p}\\{p}}}", p = char::from(c as u8 - 1)))
                    .collect::<String>()
                + "\\z",
            "\\def\\a{\\a\\a}\\a".to_owned(),
            "x^".repeat(50_000),
            "\\left(".repeat(20_000),
        ] {
            assert!(display(&latex).len() < 4_000_000);
        }
    }
}
