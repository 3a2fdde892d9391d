//! `guidegen serve` in Chromium: a change shows where the reader is, without a load where that can be, and errors stand
//! over the page.

use crate::chromium::{Page, browser};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

struct Server {
    folder: TempDir,
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn guide(middle: &str) -> String {
    let filling: String = (0..60).map(|number| format!("Paragraph {number} fills the page.\n\n")).collect();
    format!(
        "---\ntitle: A\n---\n{{{{< details \"More\" >}}}}Hidden.{{{{< /details >}}}}\n\n{filling}{middle}\n\n```yaml\na: 1\n```\n\n{filling}"
    )
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn serve() -> Server {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "guidegen.yaml", "title: T\n");
    write(folder.path(), "static/custom.css", ".prose { color: rgb(1, 2, 3) }\n");
    write(folder.path(), "content/_index.md", "---\ntitle: Home\n---\nHome.\n");
    write(folder.path(), "content/a.md", &guide("The first text."));
    write(folder.path(), "content/b.md", "---\ntitle: B\n---\nOther.\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
    command.args(["serve", "--port", "0"]).current_dir(folder.path()).stderr(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.find(|line| line.starts_with("Serving ")).expect("it serves");
    let address = line.split(' ').nth(1).unwrap().to_owned();
    std::thread::spawn(move || lines.for_each(drop));
    Server { folder, child, address }
}

/// Opens the guide, scrolls, opens its details, and leaves a mark that no load survives.
fn settle(page: &Page<'_>, server: &Server) {
    page.open(&format!("{}a/", server.address));
    page.wait("document.querySelector('main details')");
    page.eval("document.querySelector('main details').open = true; scrollTo({ top: 900, behavior: 'instant' }); window.mark = 1; 0");
    page.wait("scrollY === 900");
}

fn shows(text: &str) -> String {
    format!("document.querySelector('main')?.textContent.includes('{text}')")
}

#[test]
fn the_reader_s_values_and_their_dialog_stay() {
    let Some(browser) = browser() else { return };
    let (server, page) = (serve(), browser.page());
    write(
        server.folder.path(),
        "guidegen.yaml",
        "title: T\nvariables:\n  domain: { type: domain, default: example.com }\n  name: { type: string, default: sso }\n",
    );
    let value = "{{< sitevar name=\"domain\" >}}";
    write(server.folder.path(), "content/a.md", &guide(&format!("At {value}, first.")));
    page.open(&format!("{}a/", server.address));
    page.wait("document.querySelector('header [data-sitevar-open]:not([hidden])')");
    page.wait(&shows("At example.com, first."));
    page.click("header [data-sitevar-open]");
    page.wait("document.querySelector('dialog[open] input')");
    page.eval("document.querySelector('dialog input').value = ''; document.querySelector('dialog input').focus(); 0");
    page.insert("home.test");
    page.click("dialog .sitevar-primary");
    page.wait("!document.querySelector('dialog')");
    page.wait(&shows("At home.test, first."));
    page.click("header [data-sitevar-open]");
    page.wait("document.querySelector('dialog[open] input')");
    page.eval("document.querySelector('dialog input').value = ''; document.querySelector('dialog input').focus(); window.mark = 1; 0");
    page.insert("half.ty");
    write(server.folder.path(), "content/a.md", &guide(&format!("At {value}, second, and {value}.")));
    page.wait(&shows("At home.test, second, and home.test."));
    assert_eq!(page.text("window.mark"), "1", "the page was not loaded anew");
    assert_eq!(page.text("document.querySelector('dialog[open] input').value"), "half.ty");
}

#[test]
fn a_paragraph_is_exchanged_where_the_reader_is() {
    let Some(browser) = browser() else { return };
    let (server, page) = (serve(), browser.page());
    settle(&page, &server);
    write(server.folder.path(), "content/a.md", &guide("The second text."));
    page.wait(&shows("The second text."));
    assert_eq!(page.text("window.mark"), "1", "the page was not loaded anew");
    assert_eq!(page.text("document.querySelector('main details').open"), "true");
    assert_eq!(page.text("scrollY"), "900");
    assert_eq!(page.text("document.querySelectorAll('.code-tools').length"), "1", "the code block kept its buttons");
    write(server.folder.path(), "content/a.md", &guide("The third text.\n\nAnd one more."));
    page.wait(&shows("And one more."));
    assert_eq!(page.text("window.mark"), "1");
    assert_eq!(page.text("document.querySelectorAll('main .prose > p').length"), "122");
    assert_eq!(page.text("JSON.stringify(seen.violations.concat(seen.errors))"), "[]");
}

#[test]
fn a_style_sheet_is_exchanged_alone() {
    let Some(browser) = browser() else { return };
    let (server, page) = (serve(), browser.page());
    settle(&page, &server);
    write(server.folder.path(), "static/custom.css", ".prose { color: rgb(7, 8, 9) }\n");
    page.wait("getComputedStyle(document.querySelector('.prose')).color === 'rgb(7, 8, 9)'");
    assert_eq!(page.text("window.mark"), "1");
    assert_eq!(page.text("scrollY"), "900");
}

#[test]
fn code_is_loaded_anew_and_the_reader_is_back() {
    let Some(browser) = browser() else { return };
    let (server, page) = (serve(), browser.page());
    settle(&page, &server);
    write(server.folder.path(), "content/a.md", &guide("```yaml\nb: 2\n```"));
    page.wait(&format!("typeof window.mark === 'undefined' && {}", shows("b: 2")));
    page.wait("document.querySelectorAll('.code-tools').length === 2");
    page.wait("document.querySelector('main details').open && scrollY === 900");
}

#[test]
fn errors_stand_over_the_page_as_text_and_go() {
    let Some(browser) = browser() else { return };
    let (server, page) = (serve(), browser.page());
    settle(&page, &server);
    let panel = "document.querySelector('[data-guidegen-problem]')";
    write(server.folder.path(), "guidegen.yaml", "titel: <img src=x onerror=pwned()>\n");
    page.wait(panel);
    let text = page.text(&format!("{panel}.shadowRoot.querySelector('pre').textContent"));
    assert!(text.contains("guidegen.yaml:1:1") && text.contains("<img src=x"), "{text}");
    assert_eq!(page.text(&format!("{panel}.shadowRoot.querySelectorAll('img').length")), "0");
    assert_eq!(page.text("window.mark"), "1", "the last good page stays");
    write(server.folder.path(), "guidegen.yaml", "title: T\n");
    page.wait(&format!("!{panel}"));
    assert_eq!(page.text("window.mark"), "1");
    assert_eq!(page.text("JSON.stringify(seen.violations.concat(seen.errors))"), "[]");
}

#[test]
fn other_tabs_are_left_alone() {
    let Some(browser) = browser() else { return };
    let (server, page) = (serve(), browser.page());
    page.open(&format!("{}b/", server.address));
    page.eval(
        "window.shown = 0; document.addEventListener('guidegen:shown', () => { shown += 1; }); window.mark = 1; 0",
    );
    write(server.folder.path(), "content/a.md", &guide("The second text."));
    write(server.folder.path(), "content/b.md", "---\ntitle: B\n---\nAnother.\n");
    page.wait(&shows("Another."));
    assert_eq!(page.text("shown + ' ' + window.mark"), "1 1");
}
