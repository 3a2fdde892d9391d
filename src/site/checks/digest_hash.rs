//! One digest: what form it has, what computing it costs, and whether it is of a plain text. The crates that hash are
//! used here alone.

use argon2::{Argon2, PasswordVerifier as _};
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::ops::Range;

/// The most rounds that are computed.
const ROUNDS: u64 = 1_000_000;

/// The most memory that is taken, in KiB.
const MEMORY: u32 = 256 << 10;

/// The most memory that is written by all passes of one digest, in KiB: 16 GiB.
const WRITTEN: u64 = 16 << 20;

/// No example is longer; SHA-crypt takes time in the square of it.
const LONGEST: usize = 256;

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is the digest of the plain text.
    Right,
    /// It is another's.
    Wrong,
    /// It is no digest, although it begins as one; why, in half a sentence.
    Broken(String),
    /// It would take too long to say; why, in half a sentence.
    TooCostly(String),
    /// It has a form that is not computed here, or is an excerpt.
    Unknown,
}

/// How the digests begin that are computed.
const STARTS: &[&str] = &[
    "$argon2id$",
    "$argon2i$",
    "$argon2d$",
    "$pbkdf2-sha224$",
    "$pbkdf2-sha256$",
    "$pbkdf2-sha384$",
    "$pbkdf2-sha512$",
    "$2a$",
    "$2b$",
    "$2y$",
    "$5$",
    "$6$",
];

/// Where the digest of a line stands; none when there is none, or when more than one could be meant.
#[must_use]
pub fn find(line: &str) -> Option<Range<usize>> {
    let mut starts = STARTS.iter().flat_map(|start| line.match_indices(start)).map(|(at, _)| at);
    let start = starts.next()?;
    if starts.next().is_some() {
        return None;
    }
    let is_of_digest =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '.' | '/' | '+' | '=' | ',' | '-' | '_' | '…');
    let rest = line.get(start..)?;
    Some(start..start + rest.find(|c| !is_of_digest(c)).unwrap_or(rest.len()))
}

/// Whether `digest` is of `plain`.
#[must_use]
pub fn compute(plain: &str, digest: &str) -> Outcome {
    // What is left out cannot be verified, and what stands for something else cannot either.
    if plain.len() > LONGEST || digest.contains("..") || digest.contains('…') || digest.len() < 20 {
        return Outcome::Unknown;
    }
    match digest.split('$').nth(1).unwrap_or_default() {
        "5" | "6" => sha_crypt(plain, digest),
        "2a" | "2b" | "2y" => bcrypt(plain, digest),
        name if name.starts_with("pbkdf2-") => pbkdf2(plain, digest),
        name if name.starts_with("argon2") => argon2(plain, digest),
        _ => Outcome::Unknown,
    }
}

fn outcome(is_right: bool) -> Outcome {
    if is_right { Outcome::Right } else { Outcome::Wrong }
}

fn broken(why: impl ToString) -> Outcome {
    Outcome::Broken(why.to_string())
}

fn rounds(rounds: u64) -> Option<Outcome> {
    (rounds > ROUNDS).then(|| Outcome::TooCostly(format!("it has {rounds} rounds, and the bound is {ROUNDS}")))
}

/// `$pbkdf2-sha512$310000$SALT$HASH`, both in base64 with `.` for `+`.
fn pbkdf2(plain: &str, digest: &str) -> Outcome {
    let parts: Vec<&str> = digest.split('$').skip(1).collect();
    let [name, count, salt, hash] = parts.as_slice() else {
        return broken("it has not the four parts of a PBKDF2 digest");
    };
    // `i=310000,l=32` is how the other form of PBKDF2 digests says it.
    let count = count.split(',').next().unwrap_or_default().trim_start_matches("i=");
    let Ok(count) = count.parse::<u32>() else { return broken("its number of rounds is no number") };
    if let Some(costly) = rounds(u64::from(count)) {
        return costly;
    }
    let (Some(salt), Some(hash)) = (decoded(salt), decoded(hash)) else {
        return broken("its salt or hash is not base64");
    };
    if count == 0 || hash.is_empty() || hash.len() > 128 {
        return broken("it has no rounds, or a hash of a wrong length");
    }
    let mut computed = vec![0; hash.len()];
    let (plain, salt) = (plain.as_bytes(), salt.as_slice());
    match *name {
        "pbkdf2-sha224" => pbkdf2::pbkdf2_hmac::<Sha224>(plain, salt, count, &mut computed),
        "pbkdf2-sha256" => pbkdf2::pbkdf2_hmac::<Sha256>(plain, salt, count, &mut computed),
        "pbkdf2-sha384" => pbkdf2::pbkdf2_hmac::<Sha384>(plain, salt, count, &mut computed),
        "pbkdf2-sha512" => pbkdf2::pbkdf2_hmac::<Sha512>(plain, salt, count, &mut computed),
        _ => return Outcome::Unknown,
    }
    outcome(computed == hash)
}

/// Base64 without padding, in which `.` stands for `+`; either is read. Bits that are left over have to be zero.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'.' | b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    (bits < 6 && held == 0).then_some(bytes)
}

fn bcrypt(plain: &str, digest: &str) -> Outcome {
    let cost = digest.split('$').nth(2).and_then(|cost| cost.parse::<u32>().ok());
    let Some(cost) = cost.filter(|cost| (4..=31).contains(cost)) else { return broken("its cost is not from 4 to 31") };
    if let Some(costly) = rounds(1 << cost) {
        return costly;
    }
    match bcrypt::verify(plain, digest) {
        Ok(is_right) => outcome(is_right),
        Err(why) => broken(why),
    }
}

fn argon2(plain: &str, digest: &str) -> Outcome {
    let hash = match argon2::PasswordHash::new(digest) {
        Ok(hash) => hash,
        Err(why) => return broken(why),
    };
    let (Some(memory), Some(passes)) = (hash.params.get_decimal("m"), hash.params.get_decimal("t")) else {
        return broken("it does not say its memory and passes");
    };
    if memory > MEMORY || u64::from(memory) * u64::from(passes) > WRITTEN {
        let message = format!("it takes {} MiB of memory {passes} times, and the bound is 256 MiB", memory >> 10);
        return Outcome::TooCostly(message);
    }
    match Argon2::default().verify_password(plain.as_bytes(), &hash) {
        Ok(()) => Outcome::Right,
        Err(argon2::password_hash::Error::PasswordInvalid) => Outcome::Wrong,
        Err(why) => broken(why),
    }
}

fn sha_crypt(plain: &str, digest: &str) -> Outcome {
    let count = digest.split('$').nth(2).and_then(|part| part.strip_prefix("rounds="));
    if let Some(count) = count {
        let Ok(count) = count.parse::<u64>() else { return broken("its number of rounds is no number") };
        if let Some(costly) = rounds(count) {
            return costly;
        }
    }
    let hash = match sha_crypt::PasswordHashRef::new(digest) {
        Ok(hash) => hash,
        Err(why) => return broken(why),
    };
    match sha_crypt::PasswordVerifier::verify_password(&sha_crypt::ShaCrypt::SHA512, plain.as_bytes(), hash) {
        Ok(()) => Outcome::Right,
        Err(sha_crypt::password_hash::Error::PasswordInvalid) => Outcome::Wrong,
        Err(why) => broken(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PBKDF2: &str = "$pbkdf2-sha512$1000$c2FsdHNhbHRzYWx0$";

    #[test]
    fn digests_that_others_made_are_right() {
        // Made by the reference implementations: Drepper's SHA-crypt, OpenBSD's bcrypt and the argon2 command.
        for (plain, digest) in [
            ("Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
            (
                "Hello world!",
                "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
            ),
            ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
        ] {
            assert_eq!(compute(plain, digest), Outcome::Right, "{digest}");
            assert_eq!(compute("another", digest), Outcome::Wrong, "{digest}");
        }
    }

    #[test]
    fn what_is_no_digest_is_broken_and_what_is_left_out_is_not_judged() {
        for digest in [
            "$pbkdf2-sha512$1000$abc$%%%%%%%%%%%%%%",
            "$argon2id$v=19$m=65536$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$05$CCCCCCCCCCCCCCCCCCC",
        ] {
            assert!(matches!(compute("x", digest), Outcome::Broken(_)), "{digest}: {:?}", compute("x", digest));
        }
        for digest in ["$argon2id$v=19$m=65536,t=2,p=1$...$...", "$6$rounds=5000$…", "$6$"] {
            assert_eq!(compute("x", digest), Outcome::Unknown, "{digest}");
        }
    }

    #[test]
    fn what_costs_too_much_is_told_and_not_computed() {
        for digest in [
            "$pbkdf2-sha512$1000001$c2FsdHNhbHRzYWx0$AAAA",
            "$6$rounds=999999999$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnC",
            "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$argon2id$v=19$m=262145,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=65536,t=4000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ] {
            assert!(matches!(compute("x", digest), Outcome::TooCostly(_)), "{digest}: {:?}", compute("x", digest));
        }
    }

    #[test]
    fn a_line_has_one_digest_or_none() {
        let line = format!("secret: '{PBKDF2}AA'  # x");
        assert_eq!(find(&line).and_then(|range| line.get(range)), Some(format!("{PBKDF2}AA").as_str()));
        assert_eq!(find("a: $5$x$y b: $6$x$y"), None);
        assert_eq!(find("costs $5 or $6"), None);
    }
}
