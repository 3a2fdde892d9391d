//! Chromium, driven over its DevTools protocol: messages of JSON with a NUL behind each, on a pair of pipes. No port is opened
//! and no driver is needed; the browser ends when the pipes close.
//!
//! One browser runs for all tests of a program. Each test has a context of its own in it, which is as good as an empty profile.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What every page runs before its own scripts: it keeps account of what must not happen, and of every frame.
const WATCH: &str = r#"
  window.seen = { violations: [], errors: [], shift: 0, shifted: [], frames: [] };
  addEventListener("securitypolicyviolation", (e) => seen.violations.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample), true);
  addEventListener("error", (e) => seen.errors.push(String(e.message)));
  addEventListener("unhandledrejection", (e) => seen.errors.push(String(e.reason)));
  window.alert = window.pwned = () => seen.errors.push("hostile code ran");
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { seen.shift += e.value; seen.shifted.push(...e.sources.map((s) => s.node && (s.node.outerHTML || s.node.data).slice(0, 80))); })).observe({ type: "layout-shift", buffered: true });
"#;

/// The process, and who waits for what it says.
struct Process {
    pipe: Mutex<ChildStdin>,
    next: AtomicU64,
    /// Who waits for the answer of this number.
    answers: Waiting<u64>,
    /// Who is told of what happens in the tab of this session.
    tabs: Waiting<String>,
}

type Waiting<T> = Arc<Mutex<HashMap<T, Sender<Value>>>>;

/// The browser as one test sees it: a context that shares nothing with the others.
pub struct Browser {
    process: &'static Process,
    context: Value,
}

/// One tab.
pub struct Page<'a> {
    browser: &'a Browser,
    session: String,
    news: Receiver<Value>,
}

/// The browser to test with; none when it was said that there is to be none.
pub fn browser() -> Option<Browser> {
    static PROCESS: OnceLock<Process> = OnceLock::new();
    if std::env::var_os("GUIDEGEN_BROWSER").is_some_and(|value| value == "off") {
        eprintln!("GUIDEGEN_BROWSER=off: THIS TEST TESTS NOTHING.");
        return None;
    }
    let process = PROCESS.get_or_init(Process::start);
    let context = process.call(None, "Target.createBrowserContext", json!({}))["browserContextId"].clone();
    Some(Browser { process, context })
}

impl Process {
    fn start() -> Self {
        let named = std::env::var("GUIDEGEN_CHROMIUM").ok();
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        let program = named.or_else(|| names.map(str::to_owned).into_iter().find(|name| is_there(name)));
        let program = program.expect(
            "Chromium is missing: install it (Debian: apt-get install chromium), name one with GUIDEGEN_CHROMIUM=PATH, \
             or leave the browser tests out with GUIDEGEN_BROWSER=off",
        );
        // The protocol is spoken on the descriptors 3 and 4, which a shell makes of the standard ones. When the tests are over
        // the pipes close, the browser ends, and the shell takes its profile away, into which its last processes may still write.
        let mut child = Command::new("sh")
            .args(["-c", "profile=$(mktemp -d) && \"$0\" \"$@\" --user-data-dir=\"$profile\" about:blank 3<&0 4>&1 </dev/null >/dev/null; until rm -rf \"$profile\" && sleep 1 && [ ! -e \"$profile\" ]; do :; done", &program])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"])
            .args(["--disable-background-timer-throttling", "--disable-renderer-backgrounding"])
            .args(["--remote-debugging-pipe", "--window-size=1300,900"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (answers, tabs) = (Waiting::default(), Waiting::default());
        let output = child.stdout.take().unwrap();
        let waiting = (Arc::clone(&answers), Arc::clone(&tabs));
        let pipe = Mutex::new(child.stdin.take().unwrap());
        std::thread::spawn(move || {
            listen(output, &waiting.0, &waiting.1);
            drop(child.wait());
        });
        Self { pipe, next: AtomicU64::new(0), answers, tabs }
    }

    fn call(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let answer = self.ask(session, method, params);
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].clone()
    }

    /// The whole answer, which may be an error.
    fn ask(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let (send, answer) = channel();
        self.answers.lock().unwrap().insert(id, send);
        self.pipe.lock().unwrap().write_all(&bytes).unwrap();
        answer.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer to {method}"))
    }
}
/// Hands out what the browser says, until it ends.
fn listen(
    output: impl Read,
    answers: &Mutex<HashMap<u64, Sender<Value>>>,
    tabs: &Mutex<HashMap<String, Sender<Value>>>,
) {
    let mut output = BufReader::new(output);
    let mut message = Vec::new();
    while output.read_until(0, &mut message).is_ok_and(|length| length > 0) {
        message.pop();
        let said: Value = serde_json::from_slice(&message).unwrap();
        message.clear();
        // Whoever waited may have given up.
        if let Some(id) = said["id"].as_u64() {
            answers.lock().unwrap().remove(&id).map(|waiting| waiting.send(said));
        } else if let Some(tab) = said["sessionId"].as_str().and_then(|tab| tabs.lock().unwrap().get(tab).cloned()) {
            let _ = tab.send(said);
        }
    }
}

fn is_there(name: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(name).is_file())
}

impl Browser {
    /// A new tab.
    pub fn page(&self) -> Page<'_> {
        let target = json!({ "url": "about:blank", "browserContextId": self.context, "newWindow": true, "width": 1300, "height": 900 });
        let target = self.process.call(None, "Target.createTarget", target);
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session =
            self.process.call(None, "Target.attachToTarget", attach)["sessionId"].as_str().unwrap().to_owned();
        let (send, news) = channel();
        self.process.tabs.lock().unwrap().insert(session.clone(), send);
        let page = Page { browser: self, session, news };
        page.call("Page.enable", json!({}));
        page.call("Runtime.enable", json!({}));
        // Of many tabs each has the focus.
        page.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        page.before(WATCH);
        page
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A test that failed may fail because the browser is gone.
        if !std::thread::panicking() {
            self.process.call(None, "Target.disposeBrowserContext", json!({ "browserContextId": self.context }));
        }
    }
}

impl Page<'_> {
    pub fn call(&self, method: &str, params: Value) -> Value {
        self.browser.process.call(Some(&self.session), method, params)
    }

    /// Runs `script` before those of every page that is opened from now on.
    pub fn before(&self, script: &str) {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// Goes to `url` and waits until it has loaded.
    pub fn open(&self, url: &str) {
        let page = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
        if url.contains('#') && page(&self.text("location.href")) == page(url) {
            // A new fragment alone would load nothing.
            self.navigate("about:blank");
        }
        self.navigate(url);
    }

    fn navigate(&self, url: &str) {
        self.forget();
        let result = self.call("Page.navigate", json!({ "url": url }));
        assert!(result["errorText"].is_null(), "{url}: {result}");
        self.wait_for_load();
    }

    pub fn reload(&self) {
        self.forget();
        self.call("Page.reload", json!({}));
        self.wait_for_load();
    }

    /// Forgets what has happened.
    fn forget(&self) {
        while self.news.try_recv().is_ok() {}
    }

    fn wait_for_load(&self) {
        while let Ok(event) = self.news.recv_timeout(PATIENCE) {
            if event["method"] == "Page.loadEventFired" {
                return;
            }
        }
        panic!("the page does not load");
    }

    /// What `script`, an expression, comes out as; promises are waited for.
    pub fn eval(&self, script: &str) -> Value {
        let params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let result = self.call("Runtime.evaluate", params);
        assert!(result["exceptionDetails"].is_null(), "{script}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    pub fn text(&self, script: &str) -> String {
        match self.eval(script) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// Waits until `script` is true. A page that is being left has no answer.
    pub fn wait(&self, script: &str) {
        let start = Instant::now();
        let params = json!({ "expression": format!("!!({script})"), "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let ask = || self.browser.process.ask(Some(&self.session), "Runtime.evaluate", params.clone());
        while ask()["result"]["result"]["value"] != json!(true) {
            assert!(start.elapsed() < Duration::from_secs(20), "never: {script}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks with the mouse, in the middle of the first element that `selector` finds.
    pub fn click(&self, selector: &str) {
        let selector = json!(selector);
        let place = self.eval(&format!(
            "(() => {{ const e = document.querySelector({selector}); if (!e) return null; e.scrollIntoView({{ block: 'center', behavior: 'instant' }}); const r = e.getClientRects()[0]; return r ? [r.x + r.width / 2, r.y + r.height / 2] : null; }})()"
        ));
        assert!(place.is_array(), "{selector} cannot be clicked");
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Gives the page the width of a telephone.
    pub fn narrow(&self) {
        let size = json!({ "width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Types into what has the focus.
    pub fn insert(&self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    pub fn key(&self, key: &str) {
        self.press(key, 0);
    }

    /// A key with Control held down.
    pub fn control(&self, key: &str) {
        self.press(key, 2);
    }

    /// A key with Shift held down.
    pub fn shift(&self, key: &str) {
        self.press(key, 8);
    }

    fn press(&self, key: &str, modifiers: u8) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            "Tab" => (9, ""),
            "Backspace" => (8, ""),
            "ArrowDown" => (40, ""),
            "ArrowUp" => (38, ""),
            "ArrowLeft" => (37, ""),
            "ArrowRight" => (39, ""),
            "End" => (35, ""),
            "Home" => (36, ""),
            "/" => (191, "/"),
            "k" => (75, "k"),
            _ => panic!("{key}"),
        };
        let base = json!({ "key": key, "code": key, "windowsVirtualKeyCode": code });
        for kind in ["keyDown", "keyUp"] {
            let mut event = base.clone();
            event["type"] = json!(kind);
            event["modifiers"] = json!(modifiers);
            if kind == "keyDown" && !text.is_empty() && modifiers == 0 {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Replaces what the field holds, as somebody who types would.
    pub fn fill(&self, selector: &str, text: &str) {
        self.eval(&format!(
            "(() => {{ const e = document.querySelector({}); e.focus(); e.select(); }})()",
            json!(selector)
        ));
        if text.is_empty() {
            self.key("Backspace");
        } else {
            self.insert(text);
        }
    }

    /// Fails when something ran, was blocked, or broke.
    pub fn assert_clean(&self, what: &str) {
        assert_eq!(self.eval("seen.violations"), json!([]), "{what}: violations of the Content-Security-Policy");
        assert_eq!(self.eval("seen.errors"), json!([]), "{what}: errors");
    }
}
