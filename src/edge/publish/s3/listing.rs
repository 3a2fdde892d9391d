//! Keys as the store lists them. Anybody may have put objects there whose keys are no paths (`a//b`, `a/`, `../a`), and
//! object_store refuses a whole list for one of them, or takes `a/` for `a`. So each key is wrapped into a name without any
//! sign on its way to object_store, and unwrapped behind it.

use crate::page::html;
use object_store::client::{HttpClient, HttpError, HttpRequest, HttpResponse, HttpService};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::pin::Pin;

/// Sends requests on, and wraps the keys of the lists that come back.
#[derive(Debug)]
pub(super) struct Wrapping(pub(super) HttpClient);

type Answer<'f> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'f>>;

impl HttpService for Wrapping {
    fn call<'s, 'f>(&'s self, request: HttpRequest) -> Answer<'f>
    where
        's: 'f,
        Self: 'f,
    {
        let is_list = request.uri().query().is_some_and(|query| query.split('&').any(|part| part == "list-type=2"));
        Box::pin(async move {
            let answer = self.0.execute(request).await?;
            if !is_list || !answer.status().is_success() {
                return Ok(answer);
            }
            let (parts, body) = answer.into_parts();
            let document = body.bytes().await?;
            Ok(HttpResponse::from_parts(parts, wrapped(&document).into()))
        })
    }
}

/// The document of a list with its keys wrapped. What is no text is left to object_store to refuse.
fn wrapped(document: &[u8]) -> Vec<u8> {
    let Ok(mut rest) = str::from_utf8(document) else { return document.to_vec() };
    let mut out = String::with_capacity(document.len() * 2);
    while let Some((before, after)) = rest.split_once("<Key>") {
        let Some((key, behind)) = after.split_once("</Key>") else { break };
        out.extend([before, "<Key>"]);
        // With its character references, so that nothing has to be known of them here.
        out.extend(utf8_percent_encode(key, NON_ALPHANUMERIC));
        out.push_str("</Key>");
        rest = behind;
    }
    out.push_str(rest);
    out.into_bytes()
}

/// The key that was wrapped into `name`.
pub(super) fn unwrapped(name: &str) -> String {
    let written = percent_decode_str(name).decode_utf8_lossy();
    if let Some(literal) = written.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) {
        return literal.to_owned();
    }
    let mut key = String::with_capacity(written.len());
    html::unescape_into(&mut key, &written);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::path::Path;
    use proptest::prelude::*;

    /// What object_store makes of the only key in a list.
    fn passed(written: &str) -> String {
        let list = wrapped(format!("<L><Contents><Key>{written}</Key><Size>1</Size></Contents></L>").as_bytes());
        let list = String::from_utf8(list).unwrap();
        let name = list.strip_prefix("<L><Contents><Key>").unwrap().strip_suffix("</Key><Size>1</Size></Contents></L>");
        let name = name.unwrap();
        let path = Path::parse(name).unwrap();
        assert_eq!(path.as_ref(), name);
        unwrapped(path.as_ref())
    }

    #[test]
    fn a_key_is_what_the_store_meant() {
        for (written, key) in [
            ("a/b", "a/b"),
            ("a&#47;&#x2F;b", "a//b"),
            ("a &amp;amp; b/", "a &amp; b/"),
            ("a%20b", "a%20b"),
            (" a ", " a "),
            ("<![CDATA[a//<b>]]>", "a//<b>"),
            ("", ""),
        ] {
            assert_eq!(passed(written), key);
        }
        assert_eq!(wrapped(b"<Key>a/b"), b"<Key>a/b");
        assert_eq!(wrapped(b"\xff<Key>a</Key>"), b"\xff<Key>a</Key>");
    }

    proptest! {
        #[test]
        fn every_key_passes(key in "([./%&;#\n -ä]|\\.\\.|//){0,20}") {
            prop_assert_eq!(passed(&html::escape(&key)), key);
        }
    }
}
