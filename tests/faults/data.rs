//! Data files that cannot be read. Promised: a finding at the file, and a site without its values.

use super::{faults, site};

#[test]
fn deep_data() {
    let deep = "[".repeat(100_000);
    let files: &[(&str, &[u8])] = &[("data/a.json", deep.as_bytes()), ("data/b.yaml", deep.as_bytes())];
    assert_eq!(faults(&site(files)), ["data/a.json[data]", "data/b.yaml[data]"]);
}
