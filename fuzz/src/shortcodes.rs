//! The scanner of shortcodes: what it yields is the whole text in order, whatever stands in it, and escaping undoes it.

use super::places::assert_part;
use guidegen::base::{Code, Span};
use guidegen::input::shortcode::{self, Call, DEPTH, Node};

/// Scans `data`.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (nodes, problems) = shortcode::scan(&text);
    for problem in &problems {
        assert_part(&text, problem.span);
        assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem:?}");
    }
    assert!(problems.is_sorted_by_key(|problem| problem.span), "problems are told in their order");
    let is_cut = problems.iter().any(|problem| problem.code == Code::Nesting);
    let end = assert_follows(&text, &nodes, 0, 0, is_cut);
    assert_eq!(end, text.len(), "the text goes to its end");

    // A shortcode that has the marks of escaping in its own quotes cannot be escaped: Hugo's syntax has no way to write it.
    let plain = text.replace('*', "");
    let escaped = shortcode::escape(&plain);
    let (printing, _) = shortcode::scan(&escaped);
    assert!(printing.iter().all(|node| !matches!(node, Node::Call(_))), "what is escaped calls nothing: {escaped}");
    assert_eq!(shortcode::escape(&escaped), escaped, "what is escaped stays so");
    assert_eq!(printed(&escaped), plain, "what is escaped prints itself");
}

/// What a text without calls prints.
fn printed(text: &str) -> String {
    let (nodes, _) = shortcode::scan(text);
    let print = |node: &Node| match node {
        Node::Text(span) => text[span.range()].to_owned(),
        Node::Literal(literal) => literal.value.clone(),
        Node::Call(call) => format!("<a call of {}>", call.name.value),
    };
    nodes.iter().map(print).collect()
}

/// Each of `nodes` begins where the one before ended, the first at `at`; returns where the last one ends.
fn assert_follows(text: &str, nodes: &[Node], at: usize, depth: usize, is_cut: bool) -> usize {
    // What would be deeper has an empty body.
    assert!(depth <= DEPTH || nodes.is_empty(), "deeper than is allowed");
    nodes.iter().fold(at, |at, node| match node {
        Node::Text(span) => follows(text, *span, at),
        Node::Literal(literal) => {
            assert!(literal.value.starts_with("{{") && literal.value.ends_with("}}"), "{literal:?}");
            follows(text, literal.span, at)
        }
        Node::Call(call) => assert_call(text, call, at, depth, is_cut),
    })
}

fn assert_call(text: &str, call: &Call, at: usize, depth: usize, is_cut: bool) -> usize {
    let open = follows(text, call.open, at);
    let parameters = &call.parameters;
    let named = parameters.named.iter().flat_map(|(name, value)| [name.span, value.span]);
    for span in named.chain(parameters.positional.iter().map(|value| value.span)).chain([call.name.span]) {
        assert_part(text, span);
        assert!(call.open.start <= span.start && span.end <= call.open.end, "{span:?} is outside of its tag");
    }
    assert_eq!(text[call.name.span.range()], call.name.value);
    let (opening, closing) = call.delimiter.brackets();
    let tag = &text[call.open.range()];
    assert!(tag.starts_with(opening) && tag.ends_with(closing), "{tag}");
    match (&call.body, call.close) {
        (Some(body), Some(close)) => {
            let end = assert_follows(text, body, open, depth + 1, is_cut);
            assert!(end == close.start || is_cut && body.is_empty(), "a body goes from its opening to its closing tag");
            follows(text, close, close.start)
        }
        (None, None) => open,
        (Some(body), None) => {
            assert!(body.is_empty() && tag.contains('/'), "`{tag}` closes itself");
            open
        }
        (None, Some(close)) => panic!("{close:?} closes what has no body"),
    }
}

fn follows(text: &str, span: Span, at: usize) -> usize {
    assert_part(text, span);
    assert_eq!(span.start, at, "{span:?} does not follow");
    assert!(!span.is_empty(), "{span:?} is nothing");
    span.end
}
