//! Which values are legal, by type. `static/variables.js` has the same rules; `tests/variables/vectors.json` holds both to them.
//!
//! Every value, whatever its type, has at most 2048 code points and none of: C0, DEL and C1 control characters, U+2028, U+2029,
//! the overrides of direction U+202A–202E and U+2066–2069, U+FEFF, non-characters (U+FDD0–FDEF, U+xxFFFE, U+xxFFFF), lone surrogates,
//! the private characters of plane 16. It is not empty, but for a `string` whose default is empty and a `choice` that offers it.
//! Nothing is trimmed. Then:
//!
//! - `string`: nothing more. `secret`: nothing more.
//! - `hostname`: a DNS name of one or more labels, `_` counting as a letter; or an IPv4 address; or an IPv6 address in brackets.
//! - `domain`: a DNS name of two or more labels. `label`: one label. Neither takes `_`. A name does not end in a number ([`super::host`]).
//! - `port`: `[1-9][0-9]{0,4}` up to 65535, from `min` to `max`.
//! - `number`: `-?(0|[1-9][0-9]*)(\.[0-9]+)?`, at most 32 characters, from `min` to `max` (compared as 64-bit floating point).
//! - `boolean`: `true` or `false`. `choice`: one of the values of `options`.
//! - `url`: `http://` or `https://` in any case, a host as in `hostname`, maybe `:` and a port, then nothing or `/`, `?` or `#` and
//!   characters other than white space (Unicode's) and `" < > \ ^ { | }` and the backtick; `%` only before two hexadecimal digits.
//!   No user name.
//! - `path`: `/`, or `/` and segments with `/` between and maybe behind them, none of them empty, `.` or `..`; no backslash, no `?` or
//!   `#`; it does not end in white space.
//! - `email`: 1 to 64 of `` A-Z a-z 0-9 ! # $ % & ' * + / = ? ^ _ ` { | } ~ - `` and single dots inside, `@`, and a DNS name of one or
//!   more labels without `_`; together at most 254 code points.
//! - `ip`: an IPv4 address, or an IPv6 address without brackets. `cidr`: such an address, `/`, and `0` to `32` or `128` without leading
//!   zeros; bits behind the prefix may be set.
//!
//! A `pattern`, where there is one, must match the whole value as well.

use super::host::{Underscores, ends_in_number, host, is_ipv4, is_ipv6, labels};
use super::{Kind, Variable};

/// The most code points of a value.
pub const LONGEST_VALUE: usize = 2048;

impl Variable {
    /// Whether `value` is legal for this variable.
    ///
    /// # Errors
    /// Says what is wrong with it: a sentence for people, without the value, in lower case and without a full stop.
    pub fn validate(&self, value: &str) -> Result<(), String> {
        if value.is_empty() {
            let offered = self.kind == Kind::Choice && self.options.iter().any(|option| option.value.is_empty());
            let meant = self.kind == Kind::String && self.default.is_empty();
            if !(offered || meant) {
                return Err("it must not be empty".to_owned());
            }
        }
        if value.chars().nth(LONGEST_VALUE).is_some() {
            return Err(format!("it must not have more than {LONGEST_VALUE} characters"));
        }
        if let Some(c) = value.chars().find(|c| is_forbidden(*c)) {
            return Err(format!("the character U+{:04X} is not allowed", u32::from(c)));
        }
        self.validate_kind(value)?;
        match &self.pattern {
            Some(pattern) if !pattern.matches(value) => Err(match &self.pattern_help {
                Some(help) => help.clone(),
                None => format!("it must match `{}`", pattern.source()),
            }),
            _ => Ok(()),
        }
    }

    fn validate_kind(&self, value: &str) -> Result<(), String> {
        let said = |result: Result<(), &'static str>| result.map_err(str::to_owned);
        match self.kind {
            Kind::String | Kind::Secret => Ok(()),
            Kind::Hostname => said(host(value)),
            Kind::Domain => said(domain(value)),
            Kind::Label => said(label(value)),
            Kind::Port => {
                let port = port(value)?;
                self.within(f64::from(port))
            }
            Kind::Number => {
                let number = number(value).ok_or("it must be a decimal number such as `5`, `-3` or `0.25`")?;
                self.within(number)
            }
            Kind::Boolean if value == "true" || value == "false" => Ok(()),
            Kind::Boolean => Err(match &self.texts {
                Some((yes, no)) if value == yes || value == no => {
                    format!("it must be `true` or `false`; `{value}` is only the text of `{}`", value == yes)
                }
                _ => "it must be `true` or `false`".to_owned(),
            }),
            Kind::Choice if self.options.iter().any(|option| option.value == value) => Ok(()),
            Kind::Choice => {
                let values: Vec<_> = self.options.iter().map(|option| format!("`{}`", option.value)).collect();
                Err(format!("it must be one of {}", values.join(", ")))
            }
            Kind::Url => said(url(value)),
            Kind::Path => said(path(value)),
            Kind::Email => said(email(value)),
            Kind::Ip if is_ipv4(value) || is_ipv6(value) => Ok(()),
            Kind::Ip => Err("it must be an IP address such as `192.0.2.1` or `2001:db8::1`".to_owned()),
            Kind::Cidr => said(cidr(value)),
        }
    }

    fn within(&self, value: f64) -> Result<(), String> {
        let bound = |bound: &Option<serde_json::Number>| bound.as_ref().and_then(serde_json::Number::as_f64);
        if let (Some(number), Some(least)) = (&self.min, bound(&self.min))
            && value < least
        {
            return Err(format!("it must be at least {number}"));
        }
        if let (Some(number), Some(most)) = (&self.max, bound(&self.max))
            && value > most
        {
            return Err(format!("it must be at most {number}"));
        }
        Ok(())
    }
}

/// Whether no value may hold `c`: it cannot be seen, or has a meaning of its own here.
#[must_use]
pub fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
        || c >= '\u{100000}'
}

fn domain(value: &str) -> Result<(), &'static str> {
    match labels(value, Underscores::Refused)? {
        _ if ends_in_number(value) => Err("a domain does not end in a number"),
        1 => Err("a domain has a dot in it, such as `example.com`"),
        _ => Ok(()),
    }
}

fn label(value: &str) -> Result<(), &'static str> {
    match labels(value, Underscores::Refused)? {
        1 => Ok(()),
        _ => Err("it must be one label, without dots"),
    }
}

fn port(value: &str) -> Result<u16, &'static str> {
    let digits = !value.starts_with('0') && value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or("it must be a whole number from 1 to 65535")
}

fn number(value: &str) -> Option<f64> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) =
        unsigned.split_once('.').map_or((unsigned, None), |(whole, fraction)| (whole, Some(fraction)));
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let legal = value.len() <= 32 && digits(whole) && !leading_zero && fraction.is_none_or(digits);
    value.parse().ok().filter(|_| legal)
}

fn url(value: &str) -> Result<(), &'static str> {
    let after = |scheme: &str| {
        value
            .get(..scheme.len())
            .filter(|begin| begin.eq_ignore_ascii_case(scheme))
            .and_then(|_| value.get(scheme.len()..))
    };
    let rest = after("https://").or_else(|| after("http://")).ok_or("it must begin with `https://` or `http://`")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    if authority.contains('@') {
        return Err("a user name is not allowed");
    }
    // The colon before a port stands behind the brackets of an IPv6 address.
    let colon = authority.rfind(':').filter(|colon| authority.rfind(']').is_none_or(|bracket| bracket < *colon));
    let (name, number) = colon.map_or((authority, None), |colon| (&authority[..colon], Some(&authority[colon + 1..])));
    host(name)?;
    if let Some(number) = number {
        port(number).map_err(|_| "the port must be a whole number from 1 to 65535")?;
    }
    if tail.contains(|c: char| c.is_whitespace() || "\"<>\\^{|}`".contains(c)) {
        return Err("spaces and `\" < > \\ ^ { | }` are written with `%` in a URL");
    }
    let mut pieces = tail.split('%');
    pieces.next();
    if pieces.all(|piece| piece.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2) {
        Ok(())
    } else {
        Err("`%` stands before two hexadecimal digits in a URL")
    }
}

fn path(value: &str) -> Result<(), &'static str> {
    let Some(rest) = value.strip_prefix('/') else { return Err("it must begin with `/`") };
    if value.contains(['\\', '?', '#']) {
        return Err("`\\`, `?` and `#` are not allowed in a path");
    }
    if value.ends_with(char::is_whitespace) {
        return Err("it must not end in a space");
    }
    let segments = rest.strip_suffix('/').unwrap_or(rest);
    if rest.is_empty() {
        return Ok(());
    }
    for segment in segments.split('/') {
        match segment {
            "" => return Err("two `/` in a row are not allowed"),
            "." | ".." => return Err("`.` and `..` are not allowed in a path"),
            _ => {}
        }
    }
    Ok(())
}

fn email(value: &str) -> Result<(), &'static str> {
    let (local, name) = value.rsplit_once('@').ok_or("it must have an `@`")?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&byte);
    if !(1..=64).contains(&local.len()) || !local.bytes().all(legal) || local.split('.').any(str::is_empty) {
        return Err("what stands before the `@` is not the name of a mailbox");
    }
    if value.chars().nth(254).is_some() {
        return Err("an address has at most 254 characters");
    }
    labels(name, Underscores::Refused)?;
    if ends_in_number(name) { Err("a domain does not end in a number") } else { Ok(()) }
}

fn cidr(value: &str) -> Result<(), &'static str> {
    const WRONG: &str = "it must be a network such as `192.0.2.0/24` or `2001:db8::/32`";
    let (address, prefix) = value.split_once('/').ok_or(WRONG)?;
    let most: u8 = if is_ipv4(address) {
        32
    } else if is_ipv6(address) {
        128
    } else {
        return Err(WRONG);
    };
    let digits = (1..=3).contains(&prefix.len())
        && prefix.bytes().all(|byte| byte.is_ascii_digit())
        && (prefix == "0" || !prefix.starts_with('0'));
    match prefix.parse::<u8>() {
        Ok(bits) if digits && bits <= most => Ok(()),
        _ => Err(WRONG),
    }
}
