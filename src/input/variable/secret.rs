//! Secrets: how long the browser makes them and of what, and the digest that stands beside one.
//!
//! A secret's default is a placeholder (`insecure_secret`). Real ones are made in the reader's browser and never leave it, so no
//! build ever sees one: `{client-secret|pbkdf2-sha512}` shows the digest of the placeholder here, in the same form as the
//! browser's, `$pbkdf2-sha512$310000$SALT$HASH`: a salt of 16 bytes (here the first of BLAKE3 of the placeholder, so that two builds
//! agree), a hash of 64, both in the adapted base 64 of passlib (`.` for `+`, no padding). 310,000 rounds take a good part of a
//! second: a digest is made when a page first asks for it, and once.

use crate::base::digest::Digest;
use crate::input::format::base64;
use sha2::Sha512;
use std::ops::RangeInclusive;

/// The length of a generated secret when nothing is said.
pub const LENGTH: u32 = 72;
/// The lengths that can be asked for.
pub const LENGTHS: RangeInclusive<u32> = 16..=256;
/// The rounds of the key derivation, as Authelia makes its own digests.
pub const ROUNDS: u32 = 310_000;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";

/// Letters and digits.
#[must_use]
pub fn default_alphabet() -> String {
    [UPPER, LOWER, DIGITS].concat()
}

/// The characters that `text` asks for: `alphanumeric`, `hex`, `rfc3986` (letters, digits and `-._~`), or the characters
/// themselves: at least 16 different printable ones of ASCII.
///
/// # Errors
/// Says what is wrong with it.
pub fn alphabet(text: &str) -> Result<String, String> {
    match text {
        "alphanumeric" => return Ok(default_alphabet()),
        "hex" => return Ok(format!("{DIGITS}abcdef")),
        "rfc3986" => return Ok(format!("{}-._~", default_alphabet())),
        _ => {}
    }
    let distinct: std::collections::BTreeSet<char> = text.chars().collect();
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("`alphabet` takes printable ASCII characters alone, without a space".to_owned());
    }
    if distinct.len() < 16 || distinct.len() != text.len() {
        return Err(
            "`alphabet` must be `alphanumeric`, `hex`, `rfc3986`, or at least 16 characters, each once".to_owned()
        );
    }
    Ok(text.to_owned())
}

/// The digest that stands beside the placeholder `text`.
#[must_use]
pub fn example_digest(text: &str) -> String {
    let seed = Digest::of(text.as_bytes()).hex();
    let salt: Vec<u8> = (0..16).filter_map(|at| u8::from_str_radix(seed.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    encoded(text, &salt, ROUNDS)
}

fn encoded(text: &str, salt: &[u8], rounds: u32) -> String {
    let mut hash = [0_u8; 64];
    pbkdf2::pbkdf2_hmac::<Sha512>(text.as_bytes(), salt, rounds, &mut hash);
    format!("$pbkdf2-sha512${rounds}${}${}", adapted_base64(salt), adapted_base64(&hash))
}

fn adapted_base64(bytes: &[u8]) -> String {
    base64(bytes).trim_end_matches('=').replace('+', ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_other_implementations() {
        // Python: hashlib.pbkdf2_hmac("sha512", b"insecure_secret", bytes(range(16)), 1000)
        let digest = encoded("insecure_secret", &(0..16).collect::<Vec<u8>>(), 1000);
        assert_eq!(
            digest,
            "$pbkdf2-sha512$1000$AAECAwQFBgcICQoLDA0ODw$bX02e1.4QCbRRSRFX2YNm37G2s41QKBPJglmAxCo.OT1TIovl53vt53hze/IWFrLP7esTBdJkDk0gR67apRgMg"
        );
    }

    #[test]
    fn salts_have_16_bytes_and_hashes_64() {
        let digest = encoded("insecure_secret", &[7; 16], 1);
        let parts: Vec<_> = digest.split('$').collect();
        assert_eq!(parts[..3], ["", "pbkdf2-sha512", "1"]);
        assert_eq!((parts[3].len(), parts[4].len()), (22, 86));
    }

    #[test]
    fn alphabets_are_names_or_characters() {
        assert_eq!(alphabet("hex").as_deref(), Ok("0123456789abcdef"));
        assert!(alphabet("abcdefghijklmnop").is_ok());
        assert!(alphabet("abcdefghijklmnoo").is_err());
        assert!(alphabet("abc").is_err());
        assert!(alphabet("abcdefghijklmnopé").is_err());
    }
}
