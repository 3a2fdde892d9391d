//! Math: LaTeX to MathML, without a style attribute. `$` is a character of shells first: what looks like a variable is text.

use crate::page::html;
use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, push_mathml};
use std::ops::Range;

/// `$…$` in a line.
pub fn inline(out: &mut String, source: &str, latex: &str, range: &Range<usize>) {
    let behind = source[range.end.min(source.len())..].chars().next();
    let is_shell = latex.starts_with(['{', '(']) && !latex.contains('\\')
        || latex.starts_with(|c: char| c == '_')
        || is_name(latex)
        || behind.is_some_and(|c| c.is_alphanumeric() || matches!(c, '{' | '(' | '_'));
    if is_shell {
        out.push('$');
        html::escape_text_into(out, latex);
        out.push('$');
    } else {
        write(out, latex, DisplayMode::Inline);
    }
}

/// `$HOME and $` would be a formula of a capital word: two letters or more in capitals are a variable's name.
fn is_name(latex: &str) -> bool {
    let word = latex
        .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .map_or(latex, |end| &latex[..end]);
    word.len() > 1 && word.starts_with(|c: char| c.is_ascii_uppercase())
}

/// `$$…$$`.
pub fn display(out: &mut String, latex: &str) {
    write(out, latex, DisplayMode::Block);
}

fn write(out: &mut String, latex: &str, mode: DisplayMode) {
    let storage = Storage::new();
    let is_legal = Parser::new(latex, &storage).all(|event| event.is_ok());
    let mut mathml = String::new();
    let config = RenderConfig { display_mode: mode, ..RenderConfig::default() };
    if is_legal && push_mathml(&mut mathml, Parser::new(latex, &storage), config).is_ok() {
        without_style_into(out, &mathml);
    } else {
        out.push_str("<code class=\"math\">");
        html::escape_text_into(out, latex);
        out.push_str("</code>");
    }
}

/// The Content-Security-Policy allows no style attribute: what it says is spacing that a browser does well by itself.
fn without_style_into(out: &mut String, mathml: &str) {
    for piece in html::pieces(mathml) {
        match piece {
            html::Piece::Text(source) | html::Piece::Raw(source) => out.push_str(source),
            html::Piece::Tag(tag) => {
                let mut from = 0;
                for attribute in tag.attributes().filter(|attribute| attribute.name == "style") {
                    let start = tag.source[..attribute.value_start].rfind("style").unwrap_or(attribute.value_start);
                    out.push_str(tag.source[from..start].trim_end());
                    from = attribute.end;
                }
                out.push_str(&tag.source[from..]);
            }
        }
    }
}
