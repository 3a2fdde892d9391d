//! What a store says when it refuses, in a sentence: nothing that it was told in confidence, and no whole documents of
//! which anybody may have written the text.

use crate::edge::Failure;
use object_store::Error;

/// What must not be shown, even if the store repeats it.
#[derive(Debug, Clone, Default)]
pub(super) struct Confidences(Vec<String>);

impl Confidences {
    /// Takes in keys and tokens. What is very short would be found in every other word.
    pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let long = texts.into_iter().map(str::trim).filter(|text| text.len() >= 4);
        let mut all: Vec<String> = long.map(str::to_owned).collect();
        all.extend(all.clone().iter().map(|text| percent_encoded(text)));
        all.sort_by_key(|text| std::cmp::Reverse(text.len()));
        all.dedup();
        Self(all)
    }

    /// The text without them.
    fn mask(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "…"))
    }
}

fn percent_encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The failure of `doing`, and what to do about it.
pub(super) fn failure(doing: &str, error: &Error, confidences: &Confidences) -> Failure {
    let said = said(error);
    let (why, help) = match error {
        Error::PermissionDenied { .. } => (
            // Which of the many reasons it is, in the store's own word for it.
            word(&said).map_or("permission denied".to_owned(), |code| format!("permission denied ({code})")),
            "the credentials must be right, and be allowed to list, read, write and delete objects there",
        ),
        Error::Unauthenticated { .. } => (
            "the store does not know these credentials".to_owned(),
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a `profile`",
        ),
        Error::NotFound { .. } => ("there is no such bucket".to_owned(), "look at `bucket`, `endpoint` and `region`"),
        _ if is_redirection(&said) => (
            "the store sends to another address, where the credentials are not taken to".to_owned(),
            "look at `endpoint`, `region` and `path_style`",
        ),
        _ => (brief(&said), "the site that readers see is whole; publish again to go on"),
    };
    Failure::new(format!("cannot {doing}: {}", confidences.mask(&why))).help(help)
}

/// Whether the store does not know what it was asked for.
pub(super) fn is_unknown(error: &Error) -> bool {
    let said = said(error);
    ["400", "405", "501"].iter().any(|status| said.contains(&format!("status code: {status}")))
        || matches!(error, Error::NotImplemented { .. } | Error::NotSupported { .. })
}

fn is_redirection(said: &str) -> bool {
    said.contains("status code: 3") || said.contains("redirect without LOCATION")
}

/// The innermost reason on one line: those around it repeat it, with addresses.
fn said(error: &Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = line(reason.to_string());
    if text.len() < 8 { line(error.to_string()) } else { text }
}

/// A reason as people read it: of a document that the store sent its code and message, of other texts the beginning.
fn brief(said: &str) -> String {
    let said = said.replace("Server returned non-2xx status code:", "the store answered");
    let Some((before, document)) = said.split_once('<') else { return said.chars().take(300).collect() };
    let before = before.trim_end_matches([':', ' ']);
    let document = format!("<{document}");
    let parts: Vec<String> = ["Code", "Message"].iter().filter_map(|name| element(&document, name)).collect();
    if parts.is_empty() { before.to_owned() } else { format!("{before} ({})", parts.join(": ")) }
}

/// The store's word for a reason.
fn word(said: &str) -> Option<String> {
    element(said, "Code").filter(|code| code.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn element(document: &str, name: &str) -> Option<String> {
    let (_, after) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = after.split_once('<')?;
    Some(text.trim().chars().take(200).collect()).filter(|text: &String| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> Error {
        Error::Generic { store: "S3", source: text.into() }
    }

    #[test]
    fn of_a_document_the_code_and_the_message_are_told() {
        let body = "Server returned non-2xx status code: 400 Bad Request: <?xml version=\"1.0\"?>\n<Error><Code>Odd</Code>\
                    <Message>It is odd.</Message><CanonicalRequest>x-amz-security-token:the-token</CanonicalRequest></Error>";
        let failure = failure("list `s3://b/`", &generic(body), &Confidences::default());
        assert_eq!(failure.message, "cannot list `s3://b/`: the store answered 400 Bad Request (Odd: It is odd.)");
        let page =
            generic("Server returned non-2xx status code: 500 Internal Server Error: <html>sorry the-token</html>");
        let said = super::failure("list", &page, &Confidences::default()).message;
        assert_eq!(said, "cannot list: the store answered 500 Internal Server Error");
    }

    #[test]
    fn what_was_said_in_confidence_is_not_repeated() {
        let confidences = Confidences::of(["AKIA1", "a/b+secret", ""]);
        let said = "Server returned non-2xx status code: 400 Bad Request: AKIA1 with a/b+secret, a%2Fb%2Bsecret";
        let shown = failure("list", &generic(said), &confidences).message;
        assert_eq!(shown, "cannot list: the store answered 400 Bad Request: … with …, …");
    }

    #[test]
    fn what_a_store_does_not_know_is_told_from_what_it_cannot_do_now() {
        let of = |status: &str| generic(&format!("Server returned non-2xx status code: {status}: "));
        assert!(is_unknown(&of("501 Not Implemented")) && is_unknown(&of("400 Bad Request")));
        assert!(!is_unknown(&of("503 Service Unavailable")) && !is_unknown(&of("500 Internal Server Error")));
        let moved = failure("list", &of("307 Temporary Redirect"), &Confidences::default());
        assert!(moved.message.contains("sends to another address"), "{moved}");
    }
}
