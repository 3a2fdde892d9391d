//! Shortcodes and files that include themselves, or what is not theirs. Promised: an end, one finding, the text around them, and
//! nothing from outside of the site.

use super::{faults, of_body, site};
use std::fs;

#[test]
fn shortcodes_that_include_themselves() {
    let once: (&str, &[u8]) = ("templates/shortcodes/again.html", b"{{ \"{{< again >}}\" | markdown }}");
    let twice: (&str, &[u8]) = ("templates/shortcodes/again.html", b"{{ \"{{% again %}} {{< again >}}\" | markdown }}");
    for template in [once, twice] {
        let site =
            site(&[template, ("content/wrong.md", b"---\ntitle: Wrong\n---\nBefore.\n\n{{< again >}}\n\nAfter.\n")]);
        assert_eq!(faults(&site), ["content/wrong.md[nesting]"]);
        let page = fs::read_to_string(site.path().join("public/wrong/index.html")).unwrap();
        assert!(page.contains("<p>Before.</p>") && page.contains("<p>After.</p>"), "{page}");
    }
    // Without an end by depth: 2 to the 60th calls.
    let chain: Vec<(String, String)> = (0..60)
        .map(|n| {
            let next = format!("{{{{< s{} />}}}}", n + 1);
            (format!("templates/shortcodes/s{n}.html"), format!("{{{{ \"{next}{next}\" | markdown(inline=true) }}}}"))
        })
        .chain([("templates/shortcodes/s60.html".to_owned(), "x".to_owned())])
        .collect();
    let mut files: Vec<(&str, &[u8])> = chain.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    files.push(("content/wrong.md", b"---\ntitle: Wrong\n---\n{{< s0 />}}\n"));
    assert_eq!(faults(&site(&files)), ["content/wrong.md[nesting]"]);
}

#[test]
fn files_that_include_themselves() {
    let include = "{{% include file=\"content/wrong.md\" %}}\n\n{{< include \"./wrong.md\" >}}\n";
    assert!(of_body(include).contains(&"content/wrong.md[nesting]".to_owned()));
    assert_eq!(of_body("{{< include \"../outside.txt\" >}}"), ["content/wrong.md[include]"]);
    assert_eq!(of_body("{{< include \"/etc/passwd\" >}}"), ["content/wrong.md[include]"]);
}
