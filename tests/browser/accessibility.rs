//! The pages and the dialog before axe-core, which `.ci/test` fetches.

use super::hostile::import;
use super::{chromium, sample, server};
use serde_json::json;
use std::path::{Path, PathBuf};

pub fn axe() -> String {
    let named = std::env::var_os("GUIDEGEN_AXE").map(PathBuf::from);
    let path = named
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/node_modules/axe-core/axe.min.js"));
    std::fs::read_to_string(&path).unwrap_or_else(|why| {
        panic!(
            "axe-core is missing ({}: {why}). Fetch it with `npm install --prefix target/axe axe-core`, name its axe.min.js \
             with GUIDEGEN_AXE=PATH, or leave the browser tests out with GUIDEGEN_BROWSER=off",
            path.display()
        )
    })
}

#[test]
fn axe_finds_nothing_on_pages_and_dialogs() {
    let Some(browser) = chromium::browser() else { return };
    let axe = axe();
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    let inspect = |what: &str| {
        page.eval(&format!("{axe};0"));
        let found = page.eval(
            "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).slice(0, 3).join(' ')))",
        );
        assert_eq!(found, json!([]), "{what}");
    };
    for mode in ["light", "dark"] {
        page.open(&address);
        page.eval(&format!("localStorage.setItem('guidegen:mode', '{mode}')"));
        page.eval(&sample::kept("{ domain: 'a.test' }"));
        page.open(&format!("{address}/guide/"));
        inspect(&format!("guide, {mode}"));
        page.click("header [data-sitevar-open]");
        inspect(&format!("dialog, {mode}"));
        page.fill("#Sitevar-domain", "no domain");
        page.key("Enter");
        inspect(&format!("dialog with an error, {mode}"));
        import(&page, r#"{"version":1,"values":{"domain":"b.test","nosuch":"1"}}"#);
        inspect(&format!("question, {mode}"));
        page.click("dialog .sitevar-primary");
        page.wait("!document.querySelector('dialog')");
        inspect(&format!("status, {mode}"));
    }
}
