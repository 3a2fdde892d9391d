//! Which opening tag belongs to which closing one.

use super::tag::{Open, Token};
use super::{Call, DEPTH, Node, Problem};
use crate::base::{Code, Span};
use std::collections::HashMap;

/// The tokens as a tree. A shortcode has a body when a closing tag of its name follows before what encloses it ends.
pub fn build(tokens: Vec<Token>, problems: &mut Vec<Problem>) -> Vec<Node> {
    let closings = match_tags(&tokens, problems);
    let mut levels: Vec<(Option<Open>, Vec<Node>)> = vec![(None, Vec::new())];
    let mut too_deep: Option<Span> = None;
    for (at, token) in tokens.into_iter().enumerate() {
        match token {
            Token::Text(span) => push(&mut levels, Node::Text(span)),
            Token::Literal(literal) => push(&mut levels, Node::Literal(literal)),
            Token::Open(open) if closings[at].is_some() => {
                if levels.len() > DEPTH {
                    too_deep.get_or_insert(open.span);
                }
                levels.push((Some(open), Vec::new()));
            }
            Token::Open(open) => {
                let body = open.closed.then(Vec::new);
                push(&mut levels, call(open, None, body));
            }
            Token::Close { span, .. } => {
                if closings[at].is_none() {
                    push(&mut levels, Node::Text(span));
                } else if let Some((Some(open), body)) = levels.pop() {
                    // Below the limit a body is dropped, so that no later stage meets the depth.
                    let body = if levels.len() > DEPTH { Vec::new() } else { body };
                    push(&mut levels, call(open, Some(span), Some(body)));
                }
            }
        }
    }
    if let Some(span) = too_deep {
        problems.push(Problem {
            code: Code::Nesting,
            span,
            message: format!("shortcodes are nested deeper than {DEPTH} levels"),
            help: "nest them less deeply; what is deeper is left out".to_owned(),
        });
    }
    levels.pop().map(|(_, nodes)| nodes).unwrap_or_default()
}

fn push(levels: &mut [(Option<Open>, Vec<Node>)], node: Node) {
    if let Some((_, nodes)) = levels.last_mut() {
        nodes.push(node);
    }
}

fn call(open: Open, close: Option<Span>, body: Option<Vec<Node>>) -> Node {
    let Open { span, name, delimiter, parameters, .. } = open;
    Node::Call(Box::new(Call { name, delimiter, parameters, open: span, close, body }))
}

/// For each opening tag its closing one and the other way round. A closing tag takes the nearest open tag of its name
/// and leaves those between without a body.
fn match_tags(tokens: &[Token], problems: &mut Vec<Problem>) -> Vec<Option<usize>> {
    let mut matches = vec![None; tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut waiting: HashMap<&str, usize> = HashMap::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(tag) if !tag.closed => {
                open.push(at);
                *waiting.entry(&tag.name.value).or_default() += 1;
            }
            Token::Close { span, name } => {
                if waiting.get(name.value.as_str()).is_none_or(|count| *count == 0) {
                    problems.push(Problem {
                        code: Code::ShortcodeSyntax,
                        span: *span,
                        message: format!("`{}` is closed and was not opened", name.value),
                        help: "take the closing tag out, or open the shortcode before it".to_owned(),
                    });
                    continue;
                }
                while let Some(before) = open.pop() {
                    let Token::Open(tag) = &tokens[before] else { continue };
                    if let Some(count) = waiting.get_mut(tag.name.value.as_str()) {
                        *count -= 1;
                    }
                    if tag.name.value == name.value {
                        matches[at] = Some(before);
                        matches[before] = Some(at);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    matches
}
