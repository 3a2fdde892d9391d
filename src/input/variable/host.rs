//! Names and numbers of hosts: which texts are legal DNS names and IP addresses.
//!
//! A *name* is labels with dots between them, none empty (so no dot at either end), written in
//!
//! - ASCII: every label has 1 to 63 of `A-Z a-z 0-9 -`, not beginning or ending with `-`, the whole at most 253; or
//! - other letters: none of its ASCII characters may be other than those above (and `_`), none of the others may be one of
//!   [`is_invisible`], and what a URL parser makes of it must be legal ASCII as above. To be exact: `https://` + name +
//!   `.invalid` must be parsed, and of the host that comes out the `.invalid` is taken off. (This is UTS #46 as the WHATWG URL
//!   standard uses it: `new URL(…).hostname` in a browser, the crate `idna` here.)
//!
//! An IPv4 address is four decimal numbers up to 255 without leading zeros. An IPv6 address is RFC 4291's text, with `::` for at
//! least one group and an IPv4 tail allowed, without a zone.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What a DNS name may be beside letters, digits, hyphens and dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Underscores {
    /// `_` counts as a letter, as in the names of containers.
    Allowed,
    /// `_` is refused.
    Refused,
}

/// How many labels the DNS name `text` has.
///
/// # Errors
/// Says what is wrong with it.
pub fn labels(text: &str, underscores: Underscores) -> Result<usize, &'static str> {
    let ascii = if text.is_ascii() { text.to_owned() } else { to_ascii(text)? };
    if ascii.len() > 253 {
        return Err("a name has at most 253 characters");
    }
    if text.starts_with('.') || text.ends_with('.') {
        return Err("no dot at the beginning or the end");
    }
    let mut count = 0;
    for label in ascii.split('.') {
        count += 1;
        if label.is_empty() {
            return Err("a label between dots is empty");
        }
        if label.len() > 63 {
            return Err("a label between dots has at most 63 characters");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err("a label does not begin or end with a hyphen");
        }
        let legal = |byte: u8| {
            byte.is_ascii_alphanumeric() || byte == b'-' || (byte == b'_' && underscores == Underscores::Allowed)
        };
        if !label.bytes().all(legal) {
            return Err("only letters, digits, hyphens and dots");
        }
    }
    Ok(count)
}

/// Whether the last label of `text` is a number, decimal or hexadecimal: then it is an IPv4 address to every URL parser, and no
/// name. (`0x` counts.)
#[must_use]
pub fn ends_in_number(text: &str) -> bool {
    let ascii = if text.is_ascii() { text.to_owned() } else { to_ascii(text).unwrap_or_default() };
    let last = ascii.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// The ASCII form of a name with other letters.
fn to_ascii(text: &str) -> Result<String, &'static str> {
    let ascii = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if text.chars().any(|c| if c.is_ascii() { !ascii(c) } else { is_invisible(c) }) {
        return Err("only letters, digits, hyphens and dots");
    }
    let whole = idna::domain_to_ascii(&format!("{text}.invalid")).map_err(|_| "these letters make no domain name")?;
    whole.strip_suffix(".invalid").map(str::to_owned).ok_or("these letters make no domain name")
}

/// Characters that a URL parser drops or takes for a dot, so that what is seen is not what is meant: U+00AD, U+034F, U+115F,
/// U+1160, U+17B4, U+17B5, U+180B–180F, U+200B–200F, U+2060–206F, U+3002, U+3164, U+FE00–FE0F, U+FEFF, U+FF0E, U+FF61, U+FFA0,
/// U+1D173–1D17A, U+E0000–E0FFF.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{206f}' | '\u{3002}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ff0e}' | '\u{ff61}' | '\u{ffa0}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether `text` is an IPv4 address.
#[must_use]
pub fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// Whether `text` is an IPv6 address, without brackets or a zone.
#[must_use]
pub fn is_ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

/// Whether `text` can stand as the host of a URL: a name of one or more labels (underscores allowed), an IPv4 address, or an
/// IPv6 address in brackets.
///
/// # Errors
/// Says what is wrong with it.
pub fn host(text: &str) -> Result<(), &'static str> {
    if let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return if is_ipv6(inside) { Ok(()) } else { Err("not an IPv6 address in the brackets") };
    }
    if is_ipv6(text) {
        return Err("an IPv6 address stands in brackets here: `[::1]`");
    }
    if is_ipv4(text) {
        return Ok(());
    }
    labels(text, Underscores::Allowed)?;
    if ends_in_number(text) {
        Err("a name does not end in a number, and an IPv4 address has four up to 255")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_lengths() {
        let label = "a".repeat(63);
        let long = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert_eq!(long.len(), 253);
        assert_eq!(labels(&long, Underscores::Refused), Ok(4));
        assert!(labels(&format!("{long}a"), Underscores::Refused).is_err());
        assert!(labels(&format!("{label}a"), Underscores::Refused).is_err());
    }

    #[test]
    fn other_letters_are_what_a_url_parser_makes_of_them() {
        assert_eq!(labels("bücher.example", Underscores::Refused), Ok(2));
        assert!(labels("a\u{200d}b.example", Underscores::Refused).is_err(), "an invisible joiner");
        assert!(labels("a。b", Underscores::Refused).is_err(), "a dot that is none");
        assert!(labels("⑴.example", Underscores::Refused).is_err(), "becomes (1)");
        assert!(host("１２７.１").is_err(), "digits that are none");
        assert!(labels(&"ü".repeat(60), Underscores::Refused).is_err(), "longer than 63 in punycode");
    }

    #[test]
    fn numbers_are_addresses_or_nothing() {
        for good in ["127.0.0.1", "[::1]", "[::ffff:1.2.3.4]", "db_1", "a.1b"] {
            assert_eq!(host(good), Ok(()), "{good}");
        }
        for bad in
            ["127.0.0.1.2", "1", "a.1", "01.2.3.4", "256.1.1.1", "::1", "[fe80::1%eth0]", "[::1", "a.0x1f", "0x", ""]
        {
            assert!(host(bad).is_err(), "{bad}");
        }
    }
}
