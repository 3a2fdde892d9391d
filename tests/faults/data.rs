//! Data files that cannot be read. Promised: a finding at the file, and a site without its values.

use super::{faults, site};

#[test]
fn deep_data() {
    let deep = "[".repeat(100_000);
    let files: &[(&str, &[u8])] = &[("data/a.json", deep.as_bytes()), ("data/b.yaml", deep.as_bytes())];
    assert_eq!(faults(&site(files)), ["data/a.json[data]", "data/b.yaml[data]"]);
}

#[test]
fn data_that_does_not_parse() {
    let files: &[(&str, &[u8])] = &[
        ("data/a.json", b"{\"a\": }"),
        ("data/b.yaml", b"a: [1\nb: 2\n"),
        ("data/c.toml", b"a = \n"),
        ("data/d.csv", b"a,b\n1,2,3\n"),
        ("data/e.yaml", b"\xff\xfe"),
        ("data/f.yaml", b"a: &x [*x]\n"),
        ("data/right.yaml", b"a: 1\n"),
    ];
    let found = faults(&site(files));
    for (path, _) in &files[..6] {
        assert!(found.iter().any(|found| found.starts_with(path)), "{path}: {found:?}");
    }
    assert!(found.iter().all(|found| !found.starts_with("data/right")), "{found:?}");
}
