//! Front matter and bytes that cannot be read. Promised: a finding at the guide with its kind, the guide as far as it can be
//! read, and the guides beside it.

use super::{faults, of_guide, site};

#[test]
fn front_matter_that_is_none() {
    for (text, code) in [
        ("---\ntitle: Wrong\n\nText without an end of the front matter.\n", "front-matter"),
        ("---\n- a\n- b\n---\nText.\n", "front-matter"),
        ("---\njust words\n---\nText.\n", "front-matter"),
        ("---\ntitle: Wrong\n\tweight: 1\n---\nText.\n", "front-matter"),
        ("---\ntitle: Wrong\ntitle: Again\n---\nText.\n", "front-matter"),
        ("---\ntitle: [a, b]\n---\nText.\n", "front-matter"),
        ("---\nweight: heavy\n---\nText.\n", "front-matter"),
        ("---\ndate: the day after tomorrow\n---\nText.\n", "front-matter"),
        ("---\ntitle: \"Wrong\n---\nText.\n", "front-matter"),
        ("+++\ntitle = \"Wrong\"\n+++\nText.\n", "front-matter"),
    ] {
        assert_eq!(of_guide(text), [format!("content/wrong.md[{code}]")], "{text}");
    }
}

/// Ten levels of ten each: ten thousand million words, if they were written out.
#[test]
fn a_bomb_of_aliases() {
    let mut text = String::from("---\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    text.push_str("---\nText.\n");
    assert_eq!(of_guide(&text), ["content/wrong.md[front-matter]"]);
    let deep = format!("---\ntitle: {}\n---\nText.\n", "[".repeat(100_000));
    assert_eq!(of_guide(&deep), ["content/wrong.md[front-matter]"]);
}

#[test]
fn bytes_that_are_no_text() {
    for bytes in [&b"---\ntitle: Wrong\n---\n\xff\xfe text\n"[..], b"\xc0\xae", b"---\ntitle: W\n---\na\0b\n"] {
        let found = faults(&site(&[("content/wrong.md", bytes)]));
        assert_eq!(found, ["content/wrong.md[encoding]"], "{bytes:?}");
    }
}
