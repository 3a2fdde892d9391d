//! What looks like a real secret: private keys that are whole, and tokens whose form says whose they are.

use crate::base::{Code, Diagnostic, Span};
use crate::input::guide::Guide;
use regex::Regex;
use std::sync::LazyLock;

/// How a token begins, how many characters follow at least and at most, and whose it is. The characters that follow are
/// letters, digits, `_` and `-`.
const TOKENS: &[(&str, usize, usize, &str)] = &[
    ("ghp_", 36, 36, "a GitHub token"),
    ("gho_", 36, 36, "a GitHub token"),
    ("ghu_", 36, 36, "a GitHub token"),
    ("ghs_", 36, 36, "a GitHub token"),
    ("ghr_", 36, 76, "a GitHub token"),
    ("github_pat_", 82, 82, "a GitHub token"),
    ("glpat-", 20, 60, "a GitLab token"),
    ("AKIA", 16, 16, "an AWS access key"),
    ("ASIA", 16, 16, "an AWS access key"),
    ("AIza", 35, 35, "a Google API key"),
    ("xoxb-", 40, 100, "a Slack token"),
    ("xoxp-", 40, 100, "a Slack token"),
    ("sk_live_", 24, 110, "a Stripe key"),
    ("rk_live_", 24, 110, "a Stripe key"),
    ("npm_", 36, 36, "an npm token"),
    ("pypi-AgEI", 60, 250, "a PyPI token"),
    ("dckr_pat_", 27, 40, "a Docker token"),
    ("hvs.", 90, 130, "a Vault token"),
    ("tskey-auth-", 20, 60, "a Tailscale key"),
];

/// All beginnings of [`TOKENS`], which one walk over a guide finds. None lies in another where a token may begin.
static BEGINNINGS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let beginnings: Vec<String> = TOKENS.iter().map(|(start, ..)| regex::escape(start)).collect();
    Regex::new(&beginnings.join("|")).ok()
});

/// The findings about one guide.
#[must_use]
pub fn check(guide: &Guide) -> Vec<Diagnostic> {
    let body = guide.source.text().get(guide.body.range()).unwrap_or_default();
    let mut found: Vec<(Span, String)> =
        keys(body).into_iter().map(|span| (span, "a private key".to_owned())).collect();
    for start in BEGINNINGS.iter().flat_map(|beginnings| beginnings.find_iter(body)) {
        let Some((_, least, most, what)) = TOKENS.iter().find(|(known, ..)| *known == start.as_str()) else { continue };
        let before = body.get(..start.start()).unwrap_or_default();
        let behind = body.get(start.end()..).unwrap_or_default();
        let length = behind.bytes().take_while(|byte| is_of_token(*byte)).count();
        let is_apart = !before.bytes().next_back().is_some_and(is_of_token);
        if is_apart && (*least..=*most).contains(&length) && is_random(behind.get(..length).unwrap_or_default()) {
            found.push((Span::new(start.start(), start.end() + length), (*what).to_owned()));
        }
    }
    let finding = |(span, what): (Span, String)| {
        Diagnostic::new(Code::SecretLike, format!("this looks like {what} that is real"))
            .at(guide.source.place(span.shifted(guide.body.start)))
            .confidential()
            .help(
                "if it is real, withdraw it, for it is public now; write an example that cannot be one, such as `...`",
            )
    };
    found.into_iter().map(finding).collect()
}

const fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether a token is as mixed as real ones are: `xxxxxxxx`, `1234567890` and `EXAMPLE` are examples.
fn is_random(token: &str) -> bool {
    let mut seen = [false; 256];
    for byte in token.bytes() {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    let different = seen.iter().filter(|seen| **seen).count();
    let upper = token.to_ascii_uppercase();
    let is_example = ["EXAMPLE", "XXXX", "0000", "1234567", "ABCDEF", "YOUR", "SECRET", "TOKEN"];
    let has_both =
        token.bytes().any(|byte| byte.is_ascii_digit()) && token.bytes().any(|byte| byte.is_ascii_alphabetic());
    different >= 9 && has_both && !is_example.iter().any(|word| upper.contains(word))
}

/// Private keys in PEM form that are whole: base64 of the length and beginning that keys have.
fn keys(body: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for at in memchr::memmem::find_iter(body.as_bytes(), "-----BEGIN ") {
        let rest = body.get(at..).unwrap_or_default();
        let Some(first) = rest.lines().next() else { continue };
        let label = first.trim_start_matches("-----BEGIN ").trim_end();
        if !label.ends_with("PRIVATE KEY-----") {
            continue;
        }
        let mut lines = rest.lines().skip(1).map(|line| line.trim().trim_start_matches("> "));
        let content: Vec<&str> = lines.by_ref().take(200).take_while(|line| !line.starts_with("-----")).collect();
        let is_base64 =
            |line: &&str| line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        let length: usize = content.iter().map(|line| line.len()).sum();
        let begins = content.first().is_some_and(|line| {
            line.starts_with("MI")
                || line.starts_with("MC")
                || line.starts_with("MH")
                || line.starts_with("b3BlbnNzaC1rZXk")
        });
        if begins && length >= 60 && content.iter().all(is_base64) && is_random(&content.concat()) {
            spans.push(Span::new(at, at + first.trim_end().len()));
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_tokens_are_told_from_examples() {
        assert!(is_random("aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"));
        for example in [
            "IOSFODNN7EXAMPLE",
            "xxxxxxxxxxxxxxxxxxxx",
            "12345678901234567890",
            "your-api-key-goes-here",
            "abcdefghijklmnop",
        ] {
            assert!(!is_random(example), "{example}");
        }
    }

    #[test]
    fn whole_keys_are_told_from_those_left_out() {
        let whole = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu\n-----END PRIVATE KEY-----\n";
        assert_eq!(keys(whole), [Span::new(0, 27)]);
        assert!(keys("-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n").is_empty());
        assert!(keys(&whole.replace("QIBADAN", "$IBADAN")).is_empty());
        assert!(keys(&whole.replace("PRIVATE", "PUBLIC")).is_empty());
    }
}
