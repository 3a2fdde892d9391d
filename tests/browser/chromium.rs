//! Chromium, driven over its DevTools protocol: messages of JSON with a NUL behind each, on a pair of pipes. No port is opened
//! and no driver is needed; the browser ends when the pipes close.

use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
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

/// A browser of its own, with an empty profile.
pub struct Browser {
    child: Child,
    pipe: RefCell<ChildStdin>,
    messages: Receiver<Value>,
    next: RefCell<u64>,
    events: RefCell<VecDeque<Value>>,
    _profile: tempfile::TempDir,
}

/// One tab.
pub struct Page<'a> {
    browser: &'a Browser,
    session: String,
}

/// The browser to test with; none when it was said that there is to be none.
pub fn browser() -> Option<Browser> {
    if std::env::var_os("GUIDEGEN_BROWSER").is_some_and(|value| value == "off") {
        eprintln!("GUIDEGEN_BROWSER=off: THIS TEST TESTS NOTHING.");
        return None;
    }
    Some(Browser::start())
}

impl Browser {
    fn start() -> Self {
        let named = std::env::var("GUIDEGEN_CHROMIUM").ok();
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        let program = named.or_else(|| names.map(str::to_owned).into_iter().find(|name| is_there(name)));
        let program = program.expect(
            "Chromium is missing: install it (Debian: apt-get install chromium), name one with GUIDEGEN_CHROMIUM=PATH, \
             or leave the browser tests out with GUIDEGEN_BROWSER=off",
        );
        let profile = tempfile::tempdir().unwrap();
        // The protocol is spoken on the descriptors 3 and 4, which a shell makes of the standard ones.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null", &program])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"])
            .args(["--remote-debugging-pipe", "--window-size=1300,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (send, messages) = channel();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while output.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                if send.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
                message.clear();
            }
        });
        let pipe = RefCell::new(child.stdin.take().unwrap());
        Self { child, pipe, messages, next: RefCell::new(0), events: RefCell::default(), _profile: profile }
    }

    fn call(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let id = self.next.replace_with(|next| *next + 1);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.pipe.borrow_mut().write_all(&bytes).unwrap();
        loop {
            let message = self.message().unwrap_or_else(|| panic!("no answer to {method}"));
            if message["id"] == json!(id) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.borrow_mut().push_back(message);
        }
    }

    fn message(&self) -> Option<Value> {
        self.messages.recv_timeout(PATIENCE).ok()
    }

    /// A new tab, in the browser's one profile.
    pub fn page(&self) -> Page<'_> {
        let target = self.call(None, "Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call(None, "Target.attachToTarget", attach)["sessionId"].as_str().unwrap().to_owned();
        let page = Page { browser: self, session };
        page.call("Page.enable", json!({}));
        page.call("Runtime.enable", json!({}));
        page.before(WATCH);
        page
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_there(name: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(name).is_file())
}

impl Page<'_> {
    pub fn call(&self, method: &str, params: Value) -> Value {
        self.browser.call(Some(&self.session), method, params)
    }

    /// Runs `script` before those of every page that is opened from now on.
    pub fn before(&self, script: &str) {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// Goes to `url` and waits until it has loaded.
    pub fn open(&self, url: &str) {
        // A new fragment alone would load nothing.
        self.navigate("about:blank");
        self.navigate(url);
    }

    fn navigate(&self, url: &str) {
        self.browser.events.borrow_mut().clear();
        let result = self.call("Page.navigate", json!({ "url": url }));
        assert!(result["errorText"].is_null(), "{url}: {result}");
        self.wait_for_load();
    }

    pub fn reload(&self) {
        self.browser.events.borrow_mut().clear();
        self.call("Page.reload", json!({}));
        self.wait_for_load();
    }

    fn wait_for_load(&self) {
        let is_load =
            |event: &Value| event["method"] == "Page.loadEventFired" && event["sessionId"] == json!(self.session);
        if self.browser.events.borrow().iter().any(is_load) {
            return;
        }
        while let Some(event) = self.browser.message() {
            if is_load(&event) {
                return;
            }
            self.browser.events.borrow_mut().push_back(event);
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

    /// Waits until `script` is true.
    pub fn wait(&self, script: &str) {
        let start = Instant::now();
        while self.eval(&format!("!!({script})")) != json!(true) {
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

    /// Types into what has the focus.
    pub fn insert(&self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    pub fn key(&self, key: &str) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            "Tab" => (9, ""),
            "Backspace" => (8, ""),
            "ArrowDown" => (40, ""),
            "ArrowUp" => (38, ""),
            "/" => (191, "/"),
            _ => panic!("{key}"),
        };
        let base = json!({ "key": key, "code": key, "windowsVirtualKeyCode": code });
        for kind in ["keyDown", "keyUp"] {
            let mut event = base.clone();
            event["type"] = json!(kind);
            if kind == "keyDown" && !text.is_empty() {
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
