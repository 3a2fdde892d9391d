//! Workflow commands: what GitHub shows beside the changed lines of a pull request.

use super::tame;
use crate::base::Diagnostic;

/// `::error file=…,line=…,endLine=…,col=…,title=…::message`.
pub(super) fn command(diagnostic: &Diagnostic, prefix: &str) -> String {
    let mut properties = Vec::new();
    if let Some(place) = &diagnostic.place {
        properties.push(format!("file={}", property(&format!("{prefix}{}", place.file))));
        if let Some(range) = place.range {
            properties.push(format!("line={},endLine={},col={}", range.line, range.end_line, range.column));
        }
    }
    properties.push(format!("title={}", property(diagnostic.code.as_str())));
    let help = diagnostic.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let message = data(&format!("{}{help}", diagnostic.message));
    format!("::{} {}::{message}\n", diagnostic.severity.as_str(), properties.join(","))
}

/// The message of a command ends with its line.
fn data(text: &str) -> String {
    tame(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"), false)
}

/// A property ends with a comma or a colon too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::Range;
    use crate::base::{Code, Place};

    #[test]
    fn what_would_end_a_property_or_the_message_is_escaped() {
        let range = Some(Range { line: 3, column: 5, end_line: 4, end_column: 9 });
        let place = Place { file: "content/a,b:c.md".into(), range };
        let diagnostic = Diagnostic::new(Code::Data, "100 % wrong:\r\n::error::forged").at(place).help("mend it");
        assert_eq!(
            command(&diagnostic, "docs/"),
            "::error file=docs/content/a%2Cb%3Ac.md,line=3,endLine=4,col=5,title=data::\
             100 %25 wrong:%0D%0A::error::forged%0Ahelp: mend it\n"
        );
        assert_eq!(command(&Diagnostic::new(Code::LinkBroken, "x"), ""), "::warning title=link-broken::x\n");
    }
}
