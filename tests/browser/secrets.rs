//! Secrets: made in the browser, never kept or sent, and their digests as Authelia reads them.

use super::{chromium, sample, server};
use serde_json::json;

#[test]
fn a_fresh_secret_and_its_digest_belong_together() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    let example = page.text("document.querySelector('[data-sitevar=digest]').textContent");
    page.click("header [data-sitevar-open]");
    page.click("[aria-label='Generate Client secret']");
    let secret = page.text("document.querySelector('#Sitevar-secret').value");
    assert!(
        secret.len() == 40 && secret.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)),
        "{secret}"
    );
    page.click("[aria-label='Generate Client secret']");
    assert_ne!(secret, page.text("document.querySelector('#Sitevar-secret').value"));
    page.fill("#Sitevar-secret", &secret);
    // The page goes on while the digest is made: other work has its turns before it is there.
    page.eval(
        "(() => { window.turns = 0; const said = () => document.querySelector('[data-sitevar=digest]').textContent; \
         const example = said(); document.querySelector('dialog .sitevar-primary').click(); \
         const is_there = () => said() !== example && said().startsWith('$pbkdf2-sha512$310000$'); \
         const turn = () => { if (!is_there()) { turns += 1; setTimeout(turn); } }; setTimeout(turn); })()",
    );
    page.wait("document.querySelector('[data-sitevar=digest]').textContent.startsWith('$pbkdf2-sha512$310000$')");
    let digest = page.text("document.querySelector('[data-sitevar=digest]').textContent");
    assert_ne!(digest, example);
    assert_eq!(page.text("document.querySelector('[data-sitevar=secret]').textContent"), secret);
    assert!(page.eval("turns").as_f64().unwrap() >= 2.0, "the page stood still");
    assert_eq!(digest, again(&secret, &digest));
    // Nowhere but in this page.
    assert!(!page.text("JSON.stringify({ ...localStorage, ...sessionStorage })").contains(&secret));
    assert_eq!(page.text("document.cookie"), "");
    page.reload();
    assert_eq!(page.text("document.querySelector('[data-sitevar=digest]').textContent"), example);
    page.assert_clean("secrets");
}

/// The digest of `secret` with the salt of `digest`, made by another implementation.
fn again(secret: &str, digest: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./";
    let parts: Vec<&str> = digest.split('$').collect();
    let mut salt = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in parts[3].bytes() {
        bits = bits << 6 | u32::try_from(ALPHABET.iter().position(|letter| *letter == byte).unwrap()).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            salt.push(u8::try_from(bits >> count & 255).unwrap());
        }
    }
    assert_eq!(salt.len(), 16);
    let mut hash = [0_u8; 64];
    pbkdf2::pbkdf2_hmac::<sha2::Sha512>(secret.as_bytes(), &salt, 310_000, &mut hash);
    let mut written = String::new();
    for chunk in hash.chunks(3) {
        let value = chunk.iter().fold(0_u32, |value, byte| value << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            written.push(char::from(ALPHABET[(value >> (18 - 6 * place) & 63) as usize]));
        }
    }
    format!("$pbkdf2-sha512$310000${}${written}", parts[3])
}

#[test]
fn generated_characters_are_each_as_likely() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    let counts = page.eval(
        "(() => { const counts = {}; for (let i = 0; i < 400; i++) { document.querySelector('[aria-label=\"Generate Client secret\"]').click(); for (const c of document.querySelector('#Sitevar-secret').value) counts[c] = (counts[c] || 0) + 1; } return Object.values(counts); })()",
    );
    let counts: Vec<u64> = serde_json::from_value(counts).unwrap();
    // 16,000 characters of 16 kinds: each a thousand times, give or take five deviations.
    assert_eq!(counts.len(), 16);
    assert!(counts.iter().all(|count| (845..1155).contains(count)), "{counts:?}");
    assert_eq!(page.eval("seen.errors"), json!([]));
}
