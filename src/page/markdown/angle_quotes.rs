//! `<<` and `>>`, which Hugo's typography makes `«` and `»`. The parser knows no such thing: it takes `<<name>>` for a
//! tag between two signs, and the name is gone from the page.

use super::Step;
use super::edit::Edits;
use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use std::ops::Range;

/// Writes the quotes in place of the signs, wherever these are text.
pub fn write(source: &str, steps: &[Step<'_>], edits: &mut Edits) {
    if !source.contains("<<") && !source.contains(">>") {
        return;
    }
    let mut reader = Reader { source, edits, read: 0, half: None };
    let mut code = 0usize;
    for (event, range) in steps {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code = code.saturating_sub(1),
            Event::Text(_) if code == 0 => reader.take(range),
            // Behind half a sign these are none: the sign comes first.
            Event::InlineHtml(_) | Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. })
                if reader.half == Some((range.start, b'<')) =>
            {
                reader.take(range);
            }
            _ => {}
        }
    }
}

/// Reads stretches of text, one behind the other.
struct Reader<'s, 'e> {
    source: &'s str,
    edits: &'e mut Edits,
    /// How far the source is read.
    read: usize,
    /// A sign that waits for its other half, and where that would be.
    half: Option<(usize, u8)>,
}

impl Reader<'_, '_> {
    fn take(&mut self, range: &Range<usize>) {
        // Where another text ends, a backslash is that text's own.
        let may_be_escaped = self.read != range.start;
        let start = range.start.max(self.read);
        let Some(text) = self.source.get(start..range.end.max(start)) else { return };
        for (at, byte) in (start..).zip(text.bytes()) {
            if !matches!(byte, b'<' | b'>') {
                continue;
            }
            if self.half == Some((at, byte)) {
                self.edits.replace(at - 1..at + 1, if byte == b'<' { "«" } else { "»" });
                self.half = None;
            } else if !(may_be_escaped && self.is_escaped(at, range.start)) {
                self.half = Some((at + 1, byte));
            }
        }
        self.read = self.read.max(range.end);
    }

    /// Whether a backslash makes a letter of the sign, which then starts its stretch of text.
    fn is_escaped(&self, at: usize, start: usize) -> bool {
        at == start && self.source.as_bytes().get(..at).is_some_and(|before| before.ends_with(b"\\"))
    }
}

#[cfg(test)]
mod tests {
    use crate::page::testing::html;

    #[test]
    fn signs_are_quotes_where_they_are_text() {
        for (text, want) in [
            ("a <<b>> c << d >> e", "<p>a «b» c « d » e</p>\n"),
            ("f <<<f>>> g << <b>x</b> >>", "<p>f «<f>» g « <b>x</b> »</p>\n"),
            (
                "`<<c>>` \\<<d> \\<<e>> \\<\\<f\\>\\>",
                "<p><code>&lt;&lt;c&gt;&gt;</code> &lt;<d> &lt;<e>&gt; &lt;&lt;f&gt;&gt;</p>\n",
            ),
            ("\"<<q>>\" **<<q>>** [<<q>>](x)", "<p>“«q»” <strong>«q»</strong> <a href=\"x\">«q»</a></p>\n"),
            ("<<x>> a->b >> c &lt;&lt;z>", "<p>«x» a-&gt;b » c &lt;&lt;z&gt;</p>\n"),
            ("<<a href=\"x\">b</a>>", "<p>«a href=“x”&gt;b</a>&gt;</p>\n"),
            ("    a << b\n", "<figure"),
            ("a > b < c", "<p>a &gt; b &lt; c</p>\n"),
            ("\\\\<<a>>", "<p>\\«a»</p>\n"),
        ] {
            let got = html(text);
            assert!(if want == "<figure" { got.contains("a &lt;&lt; b") } else { got == want }, "{text}: {got}");
        }
    }
}
