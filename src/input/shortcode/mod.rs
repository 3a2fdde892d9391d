//! Hugo's shortcode syntax (DESIGN 2.5): a guide's body as a tree of texts and shortcode calls, with a span for each part.
//!
//! Scanning never fails: what is written wrongly stays text and is told as a [`Problem`]. It is linear in the length of
//! the text. The words of one shortcode are read in [`tag`], which opening belongs to which closing is decided in [`tree`].

mod tag;
mod tree;

use crate::base::{Code, Span, Spanned};

/// With which delimiters a shortcode is written, and so when its output is inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// `{{< name >}}`: after the Markdown is rendered.
    Html,
    /// `{{% name %}}`: before it, so that the output is Markdown.
    Markdown,
}

impl Delimiter {
    /// The opening and the closing delimiter.
    #[must_use]
    pub const fn brackets(self) -> (&'static str, &'static str) {
        match self {
            Self::Html => ("{{<", ">}}"),
            Self::Markdown => ("{{%", "%}}"),
        }
    }
}

/// What stands behind the name of a shortcode.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters {
    /// `name="value"`, in the order of the guide; a later one of the same name wins.
    pub named: Vec<(Spanned<String>, Spanned<String>)>,
    /// Values without a name.
    pub positional: Vec<Spanned<String>>,
}

impl Parameters {
    /// The value of a named parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Spanned<String>> {
        self.named.iter().rev().find(|(key, _)| key.value == name).map(|(_, value)| value)
    }
}

/// One use of a shortcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The shortcode's name.
    pub name: Spanned<String>,
    /// How it is written.
    pub delimiter: Delimiter,
    /// What it is given.
    pub parameters: Parameters,
    /// The opening tag, from `{{` to `}}`.
    pub open: Span,
    /// The closing tag, if there is one.
    pub close: Option<Span>,
    /// What stands between the two; none without a closing tag. `{{< name />}}` has an empty one.
    pub body: Option<Vec<Node>>,
}

impl Call {
    /// From the start of the opening tag to the end of the closing one.
    #[must_use]
    pub fn whole(&self) -> Span {
        Span::new(self.open.start, self.close.unwrap_or(self.open).end)
    }

    /// Where the body stands.
    #[must_use]
    pub fn body_span(&self) -> Span {
        match self.close {
            Some(close) => Span::new(self.open.end, close.start),
            None => Span::new(self.open.end, self.open.end),
        }
    }
}

/// A piece of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Text as it stands in the source.
    Text(Span),
    /// An escaped shortcode, `{{</* name */>}}`: what it prints, and where it stands.
    Literal(Spanned<String>),
    /// A shortcode.
    Call(Box<Call>),
}

/// Something that is written wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `shortcode-syntax` or `nesting`.
    pub code: Code,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// How deep shortcodes may stand inside each other.
pub const DEPTH: usize = 64;

/// Reads the shortcodes in `text`; spans are offsets in `text`.
#[must_use]
pub fn scan(text: &str) -> (Vec<Node>, Vec<Problem>) {
    let mut problems = Vec::new();
    let tokens = tag::tokens(text, &mut problems);
    let nodes = tree::build(tokens, &mut problems);
    problems.sort_by_key(|problem| problem.span);
    (nodes, problems)
}

/// `text` with every shortcode in it written so that it prints itself: the inverse of scanning it for literals.
/// One that has `/*` or `*/` in its own parameters cannot be written so.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut problems = Vec::new();
    for token in tag::tokens(text, &mut problems) {
        match token {
            tag::Token::Text(span) => out.push_str(&text[span.range()]),
            tag::Token::Literal(literal) => out.push_str(&text[literal.span.range()]),
            tag::Token::Open(tag::Open { span, .. }) | tag::Token::Close { span, .. } => {
                let written = &text[span.range()];
                let inside = written.get(3..written.len().saturating_sub(3)).unwrap_or_default();
                out.push_str(&written[..3]);
                out.push_str("/*");
                out.push_str(inside);
                out.push_str("*/");
                out.push_str(&written[written.len() - 3..]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn calls(nodes: &[Node]) -> Vec<&Call> {
        nodes.iter().filter_map(|node| if let Node::Call(call) = node { Some(&**call) } else { None }).collect()
    }

    fn one(text: &str) -> Call {
        let (nodes, problems) = scan(text);
        assert_eq!(problems, [], "{text}");
        let found = calls(&nodes);
        assert_eq!(found.len(), 1, "{text}");
        found[0].clone()
    }

    #[test]
    fn parameters_are_named_or_positional_in_every_quoting() {
        let call = one("{{< sitevar name=\"domain\" nojs=`a \"b\"` bare=x-1/y other=\\\"in escaped quotes\\\" >}}");
        let values: Vec<_> = call.parameters.named.iter().map(|(k, v)| (k.value.as_str(), v.value.as_str())).collect();
        assert_eq!(
            values,
            [("name", "domain"), ("nojs", "a \"b\""), ("bare", "x-1/y"), ("other", "in escaped quotes")]
        );
        let call = one("{{% a one \"two \\\"2\\\"\" `three` \\\"four\\\" 5.0 %}}");
        let values: Vec<_> = call.parameters.positional.iter().map(|v| v.value.as_str()).collect();
        assert_eq!(values, ["one", "two \"2\"", "three", "four", "5.0"]);
    }

    #[test]
    fn a_tag_may_be_written_tightly_and_over_lines() {
        let call = one("{{<a/>}}");
        assert_eq!((call.name.value.as_str(), call.body), ("a", Some(vec![])));
        let call = one("{{< figure\n  src=\"x.png\"\n  alt=\"y\"\n>}}");
        assert_eq!(call.parameters.named.len(), 2);
        let call = one("{{<a>}}x{{</a>}}");
        assert_eq!(call.body, Some(vec![Node::Text(Span::new(7, 8))]));
        let call = one("{{< a >}}x{{< / a >}}");
        assert_eq!(call.body_span(), Span::new(9, 10));
    }

    #[test]
    fn nesting_finds_the_right_closing() {
        let (nodes, problems) = scan("{{< a >}}{{< b >}}{{< a >}}x{{< /a >}}{{< /a >}}{{< b >}}");
        assert_eq!(problems, []);
        let top = calls(&nodes);
        assert_eq!(top.len(), 2);
        let inner = calls(top[0].body.as_deref().unwrap());
        assert_eq!(
            inner.iter().map(|c| (c.name.value.as_str(), c.body.is_some())).collect::<Vec<_>>(),
            [("b", false), ("a", true)]
        );
    }

    #[test]
    fn what_is_wrong_is_told_once_and_stays_text() {
        for (text, at) in [
            ("{{< a", 0..3),
            ("x {{< a %}} y", 2..11),
            ("{{< >}}", 0..7),
            ("{{< /a >}}", 0..10),
            ("{{< a \"x >}}", 6..12),
            ("{{< a b= >}}", 6..8),
        ] {
            let (_, problems) = scan(text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert_eq!(problems[0].span.range(), at, "{text}: {problems:?}");
        }
        let (nodes, _) = scan("{{< a {{< b >}}");
        assert_eq!(calls(&nodes).len(), 1, "the next tag is read");
    }

    #[test]
    fn an_escaped_shortcode_prints_itself() {
        let (nodes, problems) = scan("{{</* a \"b\" */>}}{{%/* c */%}}");
        assert_eq!(problems, []);
        let printed: Vec<_> =
            nodes.iter().map(|n| if let Node::Literal(l) = n { l.value.as_str() } else { "?" }).collect();
        assert_eq!(printed, ["{{< a \"b\" >}}", "{{% c %}}"]);
    }

    #[test]
    fn depth_is_limited_without_recursion() {
        let text = "{{< a >}}".repeat(10_000) + &"{{< /a >}}".repeat(10_000);
        let (_, problems) = scan(&text);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code, Code::Nesting);
        let (nodes, problems) = scan(&"{{< a >}}".repeat(10_000));
        assert_eq!((nodes.len(), problems.len()), (10_000, 0));
    }

    fn spans(nodes: &[Node], out: &mut Vec<Span>) {
        for node in nodes {
            match node {
                Node::Text(span) => out.push(*span),
                Node::Literal(literal) => out.push(literal.span),
                Node::Call(call) => {
                    out.extend([call.open, call.name.span]);
                    out.extend(call.close);
                    out.extend(call.parameters.positional.iter().map(|p| p.span));
                    out.extend(call.parameters.named.iter().flat_map(|(k, v)| [k.span, v.span]));
                    spans(call.body.as_deref().unwrap_or_default(), out);
                }
            }
        }
    }

    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("{{<".to_owned()),
            Just(">}}".to_owned()),
            Just("{{%".to_owned()),
            Just("%}}".to_owned()),
            Just("/".to_owned()),
            Just(" ".to_owned()),
            Just("\"".to_owned()),
            Just("`".to_owned()),
            Just("\\\"".to_owned()),
            Just("=".to_owned()),
            Just("/*".to_owned()),
            Just("*/".to_owned()),
            Just("{{< a >}}".to_owned()),
            Just("{{< /a >}}".to_owned()),
            Just("{{< b x=\"y\" />}}".to_owned()),
            "[a-zäß\n]{0,3}",
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn scanning_never_panics_and_spans_are_on_boundaries(text in pieces()) {
            let (nodes, problems) = scan(&text);
            let mut all = problems.iter().map(|p| p.span).collect::<Vec<_>>();
            spans(&nodes, &mut all);
            for span in all {
                prop_assert!(text.get(span.range()).is_some(), "{span:?}");
            }
        }

        #[test]
        fn escaping_and_scanning_are_inverse(text in pieces()) {
            let text = text.replace('*', "");
            let escaped = escape(&text);
            let printed: String = scan(&escaped).0.iter().map(|node| match node {
                Node::Text(span) => escaped[span.range()].to_owned(),
                Node::Literal(literal) => literal.value.clone(),
                Node::Call(_) => "a call".to_owned(),
            }).collect();
            prop_assert_eq!(printed, text);
        }
    }
}
