//! Values where they stand: text, formats, quotes, attributes, titles, what is copied and what is saved.

use super::{chromium, sample, server};
use serde_json::json;

#[test]
fn a_value_is_written_for_its_place() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'auth.example.co.uk', note: 'it\\'s \"so\" $&', tls: 'false', name: 'web' }"));
    page.open(&format!("{address}/guide/"));
    assert_eq!(
        page.text("document.querySelector('.prose p').textContent.replace(/\\s+/g, ' ')"),
        "Your domain is auth.example.co.uk, auth\\.example\\.co\\.uk, DC=auth,DC=example,DC=co,DC=uk. http 9091 it's \"so\" $& \
         http://auth.auth.example.co.uk/ s unknown"
    );
    let block = page.text("document.querySelector('figure.code code').textContent");
    assert!(block.contains("single: 'it''s \"so\" $&'\ndouble: \"it's \\\"so\\\" $&\"\n"), "{block}");
    assert!(block.starts_with("domain: 'auth.example.co.uk'\n"), "{block}");
    assert_eq!(page.text("document.querySelector('figcaption').textContent"), "web.yml");
    // Attributes follow, but a link leads only where its template lets it.
    let attribute =
        |selector: &str, name: &str| page.text(&format!("document.querySelector('{selector}').getAttribute('{name}')"));
    assert_eq!(attribute("a[data-sitevar-href]", "href"), "https://auth.auth.example.co.uk/x");
    assert_eq!(attribute("#whole", "href"), "http://auth.auth.example.co.uk/login");
    assert_eq!(attribute("#picture", "src"), "/web.svg");
    assert_eq!(attribute("#picture", "alt"), "of auth.example.co.uk");
    // The unknown one is nobody's business.
    assert_eq!(attribute("[data-sitevar-unknown]", "data-sitevar"), "nosuch");
    page.click("[data-sitevar-unknown]");
    assert_eq!(page.eval("document.querySelector('dialog')"), json!(null));
    page.assert_clean("values");
}

#[test]
fn what_is_the_reader_s_is_told_apart() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'a.test' }"));
    page.open(&format!("{address}/guide/"));
    let look = |name: &str| {
        page.text(&format!(
            "getComputedStyle(document.querySelector('main [data-sitevar={name}]')).textDecorationStyle"
        ))
    };
    assert_eq!((look("domain").as_str(), look("port").as_str()), ("solid", "dotted"));
    // One that is computed is the reader's when a part of it is.
    assert_eq!(page.text(&sample::shown("url")), "https://auth.a.test/ (set)");
    assert_eq!(page.text(&sample::shown("port")), "9091");
}

#[test]
fn copies_are_what_is_shown_and_say_what_is_still_the_example_s() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.before("Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })");
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'a.test', name: 'web' }"));
    page.open(&format!("{address}/guide/"));
    page.click("figure.code .code-tool:last-child");
    page.wait("window.copied");
    let copied = page.text("copied");
    assert!(copied.starts_with("domain: 'a.test'\nsingle: 'nothing'\n"), "{copied}");
    page.wait("document.querySelector('.sitevar-status').textContent");
    assert_eq!(
        page.text("document.querySelector('.sitevar-status').textContent"),
        "Still the example's: Note, Client secret"
    );
    assert_eq!(page.text("document.querySelector('.sitevar-status').getAttribute('role')"), "status");
    // Once: the second copy is quiet.
    page.eval("document.querySelector('.sitevar-status').replaceChildren(), window.copied = ''");
    page.click("figure.code .code-tool:last-child");
    page.wait("window.copied");
    assert_eq!(page.text("document.querySelector('.sitevar-status').textContent"), "");
    // Of a session the commands alone, and nothing is said of what was not copied.
    page.click("figure.session .code-tool:last-child");
    page.wait("copied.startsWith('curl')");
    assert_eq!(page.text("copied"), "curl https://a.test/\n");
    assert_eq!(page.text("document.querySelector('.sitevar-status').textContent"), "");
    page.assert_clean("copies");
}

#[test]
fn a_page_is_copied_as_markdown_with_the_reader_s_values() {
    let Some(browser) = chromium::browser() else { return };
    let files = sample::site("root");
    let original = String::from_utf8(files["guide/index.md"].clone()).unwrap();
    let address = server::serve(files);
    let page = browser.page();
    page.before(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })",
    );
    page.open(&format!("{address}/guide/"));
    page.click("a[data-markdown] + button");
    page.wait("window.copied");
    assert_eq!(page.text("copied"), original, "nothing is set: the file as it is");
    page.eval(&sample::kept("{ domain: 'auth.ü.test', note: '😀\\'\"' }"));
    page.reload();
    page.click("a[data-markdown] + button");
    page.wait("window.copied");
    let wanted = original
        .replace("example\\.com", "auth\\.ü\\.test")
        .replace("DC=example,DC=com", "DC=auth,DC=ü,DC=test")
        .replace("example.com", "auth.ü.test")
        .replace("single: 'nothing'", "single: '😀''\"'")
        .replace("double: \"nothing\"", "double: \"😀'\\\"\"")
        // In the attributes of raw HTML as these have it.
        .replace("href=\"nothing\"", "href=\"😀&#39;&quot;\"")
        .replace("href=\"/nothing\"", "href=\"/😀&#39;&quot;\"")
        .replace("href=\"https://nothing.", "href=\"https://😀&#39;&quot;.")
        .replace("nothing", "😀'\"");
    assert_eq!(page.text("copied"), wanted);
    page.assert_clean("Markdown");
}

#[test]
fn a_block_is_saved_under_its_title_with_values_in_both() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.before("URL.createObjectURL = (blob) => { window.saved = blob; return 'blob:x'; }; HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; }");
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'a.test', name: 'web' }"));
    page.open(&format!("{address}/guide/"));
    page.click("figure.code .code-tool:first-child");
    page.wait("window.savedAs");
    assert_eq!(page.text("savedAs"), "web.yml");
    assert!(page.text("saved.text()").starts_with("domain: 'a.test'\n"));
    page.assert_clean("saving");
}

#[test]
fn what_is_printed_carries_fallbacks() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'a.test', tls: 'false' }"));
    page.open(&format!("{address}/guide/"));
    let shown = "JSON.stringify([document.querySelector('.prose p').textContent.slice(0, 26), document.querySelector('#whole').getAttribute('href'), document.querySelector('[data-sitevar-set]') !== null])";
    page.eval(&format!("addEventListener('beforeprint', () => {{ window.printed = {shown}; }})"));
    page.call("Page.printToPDF", json!({}));
    assert_eq!(page.text("printed"), r#"["Your domain is example.com","https://auth.example.com/login",false]"#);
    let after = r#"["Your domain is a.test, a\\.","http://auth.a.test/login",true]"#;
    page.wait("document.querySelector('[data-sitevar-set]')");
    assert_eq!(page.text(shown), after, "and the reader's values are back");
    page.assert_clean("printing");
}

#[test]
fn without_script_everything_is_there_and_nothing_promises_more() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    page.open(&format!("{address}/guide/"));
    let html = page.text("document.body.innerText");
    assert!(html.contains("Your domain is example.com, example\\.com, DC=example,DC=com."), "{html}");
    assert_eq!(page.eval("document.querySelector('dialog')"), json!(null));
    assert_eq!(
        page.eval("[...document.querySelectorAll('[data-sitevar-open]')].filter((e) => e.checkVisibility()).length"),
        json!(0)
    );
}

#[test]
fn a_site_on_a_disk_works_as_well() {
    let Some(browser) = chromium::browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    server::write(&sample::site("relative"), folder.path());
    let page = browser.page();
    let url = format!("file://{}/guide/index.html", folder.path().display());
    page.open(&url);
    page.click("header [data-sitevar-open]");
    page.fill("#Sitevar-domain", "disk.test");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text(&sample::shown("url")), "https://auth.disk.test/ (set)");
    page.reload();
    assert_eq!(page.text(&sample::shown("url")), "https://auth.disk.test/ (set)");
    page.assert_clean("file:");
}
