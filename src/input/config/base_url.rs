//! The address that a site is published under, split into what addresses are made of.

use url::Url;

/// Where a site is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    /// Scheme, host and port: `https://docs.example.com`.
    pub origin: String,
    /// The path without a slash at its end: `""` or `/docs`.
    pub path: String,
}

impl BaseUrl {
    /// The base URL that `text` writes; an error says what is wrong with it, in half a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => "it has no scheme such as `https://`".to_owned(),
            other => other.to_string(),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("its scheme is `{}`; a site is published under `https` or `http`", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds a user name or password, which would be on every page".to_owned());
        }
        if url.query().is_some() {
            return Err("it has a query (`?…`)".to_owned());
        }
        if url.fragment().is_some() {
            return Err("it has a fragment (`#…`)".to_owned());
        }
        if url.path().contains("//") || url.path().contains('\\') {
            return Err("its path has an empty part (`//`)".to_owned());
        }
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { origin: url.origin().ascii_serialization(), path })
    }

    /// The whole address, with a slash at its end.
    #[must_use]
    pub fn href(&self) -> String {
        format!("{}{}/", self.origin, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_origin_and_path() {
        let base = |text: &str| BaseUrl::parse(text).map(|base| (base.origin.clone(), base.path.clone(), base.href()));
        let expected = |origin: &str, path: &str, href: &str| Ok((origin.into(), path.into(), href.into()));
        assert_eq!(base("https://a.example"), expected("https://a.example", "", "https://a.example/"));
        assert_eq!(base("https://a.example/"), expected("https://a.example", "", "https://a.example/"));
        assert_eq!(
            base("HTTP://A.example:8080/docs/"),
            expected("http://a.example:8080", "/docs", "http://a.example:8080/docs/")
        );
        assert_eq!(base("https://a.example:443/a/b"), expected("https://a.example", "/a/b", "https://a.example/a/b/"));
        assert_eq!(
            base("https://a.example/ä ö/"),
            expected("https://a.example", "/%C3%A4%20%C3%B6", "https://a.example/%C3%A4%20%C3%B6/")
        );
    }

    #[test]
    fn refuses_what_no_site_is_published_under() {
        for (text, reason) in [
            ("docs.example.com", "no scheme"),
            ("/docs/", "no scheme"),
            ("ftp://a.example/", "`ftp`"),
            ("javascript:alert(1)", "`javascript`"),
            ("https://u:p@a.example/", "user name"),
            ("https://a.example/?x", "query"),
            ("https://a.example/#x", "fragment"),
            ("https://a.example//x/", "empty part"),
            ("https://", "host"),
        ] {
            let error = BaseUrl::parse(text).expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
