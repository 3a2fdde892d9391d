// Listens for changes of the site while it is written, and shows them where the reader is. `guidegen serve` adds it to
// pages as it sends them; it is no part of the built site. It runs before the scripts of the page, so that it sees the
// page as it was sent.
(function () {
  "use strict";
  const script = document.currentScript;
  const events = new URL("events", script.src);
  let at = script.dataset.at, source = null, timer = 0, busy = false, again = false;

  // ---- What a page is made of

  // A page is compared piece by piece along one path: the body, and what leads from there to the text of the guide.
  function path(body) {
    const steps = new Set();
    for (let at = body.querySelector("main .prose") || body.querySelector("main"); at; at = at === body ? null : at.parentElement) steps.add(at);
    return steps;
  }
  const html = (node) => (node.nodeType === 1 ? node.outerHTML : node.nodeType + node.data);
  const pieces = (parent) => Array.from(parent.childNodes, (node) => ({ node, html: html(node) }));

  // The pieces of each step, with their HTML as it was sent. The reader's values stand in the page by now, and scripts
  // will put more into it, so what was sent is fetched once more.
  const sent = new WeakMap();
  const first = Array.from(path(document.body || document.documentElement), (step) => [step, Array.from(step.childNodes)]);
  let isKnown = false;
  async function learn() {
    const was = await page();
    const steps = Array.from(path(was.body));
    isKnown = was.mark === script.dataset.at && steps.length === first.length && first.length > 0;
    first.forEach(([step, nodes], at) => {
      const htmls = steps[at] ? pieces(steps[at]) : [];
      isKnown = isKnown && htmls.length === nodes.length;
      sent.set(step, nodes.map((node, i) => ({ node, html: htmls[i] ? htmls[i].html : "" })));
    });
  }
  async function page() {
    const answer = await fetch(location.href, { cache: "no-store" });
    const doc = new DOMParser().parseFromString(await answer.text(), "text/html");
    const ours = doc.querySelector("script[data-at]");
    doc.mark = ours ? ours.dataset.at : null;
    return doc;
  }
  const scripts = (root) => Array.from(root.querySelectorAll("script:not([data-at])"), (one) => one.outerHTML).join("\n");
  const firstScripts = scripts(document);

  // ---- Taking a new version in

  // Gives `old` the pieces of `next`. Those that are the same stay, with whatever state they have.
  function renew(old, next, steps, fresh) {
    const olds = sent.get(old), news = pieces(next);
    let head = 0, tail = 0;
    const most = Math.min(olds.length, news.length);
    while (head < most && olds[head].html === news[head].html) head += 1;
    while (tail < most - head && olds[olds.length - 1 - tail].html === news[news.length - 1 - tail].html) tail += 1;
    const behind = tail ? outermost(olds[olds.length - tail].node, old) : null;
    const now = swap(old, olds.slice(head, olds.length - tail), news.slice(head, news.length - tail), behind, steps, fresh);
    sent.set(old, [...olds.slice(0, head), ...now, ...olds.slice(olds.length - tail)]);
  }

  // Puts `come` in the place of `gone`, which are pieces of `parent`; gives the pieces that are there then.
  function swap(parent, gone, come, behind, steps, fresh) {
    const i = gone.findIndex((piece) => sent.has(piece.node)), j = come.findIndex((piece) => steps.has(piece.node));
    if (i >= 0 && j >= 0 && gone[i].node.nodeName === come[j].node.nodeName) {
      const kept = { node: gone[i].node, html: come[j].html };
      const before = swap(parent, gone.slice(0, i), come.slice(0, j), kept.node, steps, fresh);
      const after = swap(parent, gone.slice(i + 1), come.slice(j + 1), behind, steps, fresh);
      for (const { name, value } of Array.from(come[j].node.attributes)) if (kept.node.getAttribute(name) !== value) kept.node.setAttribute(name, value);
      renew(kept.node, come[j].node, steps, fresh);
      return [...before, kept, ...after];
    }
    const states = gone.length === come.length ? gone.map((piece) => stateOf(piece.node)) : [];
    for (const piece of gone) {
      const outer = outermost(piece.node, parent);
      if (outer) outer.remove();
    }
    come.forEach((piece, at) => {
      parent.insertBefore(piece.node, behind && behind.parentNode === parent ? behind : null);
      if (states[at]) restore(piece.node, states[at]);
      if (steps.has(piece.node)) for (const step of steps) if (piece.node.contains(step)) sent.set(step, pieces(step));
      fresh.push(piece.node);
    });
    return come;
  }

  // The child of `parent` that holds a node; none when a script took it away.
  function outermost(node, parent) {
    while (node && node.parentNode !== parent) node = node.parentNode;
    return node;
  }

  // ---- State of the reader that a new version takes over

  const within = (node, selector) => node.nodeType !== 1 ? [] : [node, ...node.querySelectorAll(selector)].filter((one) => one.matches(selector));
  const stateOf = (node) => ({
    open: within(node, "details").map((one) => one.open),
    scroll: within(node, "nav, aside, pre").map((one) => [one.scrollTop, one.scrollLeft]),
  });
  function restore(node, state) {
    within(node, "details").forEach((one, i) => { if (i < state.open.length) one.open = state.open[i]; });
    within(node, "nav, aside, pre").forEach((one, i) => { if (state.scroll[i]) [one.scrollTop, one.scrollLeft] = state.scroll[i]; });
  }

  // ---- Style sheets

  function styles(next) {
    const sheets = (root) => Array.from(root.querySelectorAll("link[rel~=stylesheet]"));
    const hrefs = (list) => list.map((one) => one.getAttribute("href"));
    const olds = sheets(document), news = sheets(next);
    if (hrefs(olds).join("\n") === hrefs(news).join("\n")) return Promise.resolve();
    const kept = new Map(olds.map((one) => [one.getAttribute("href"), one]));
    let last = olds[olds.length - 1] || document.head.lastChild;
    const loading = [], used = new Set();
    for (const one of news) {
      const known = kept.get(one.getAttribute("href"));
      const link = known || document.importNode(one);
      if (known) used.add(known);
      else loading.push(new Promise((done) => { link.onload = link.onerror = done; }));
      last.after(link);
      last = link;
    }
    // The old ones go when the new ones are there: nothing flashes.
    return Promise.all(loading).then(() => olds.forEach((one) => { if (!used.has(one)) one.remove(); }));
  }

  // ---- The whole

  // What the page's scripts made of its elements when they ran is not made again for new ones, unless somebody who
  // listens to this event says so with preventDefault().
  const NEEDS = "pre > code, table, [data-tabs], [data-guides], [popover], [popovertarget], button:not(.copy-page), input, select, textarea, iframe, video, audio, script";
  const VALUES = "[data-sitevar], [data-sitevar-open]";
  function takenIn(fresh) {
    const elements = fresh.filter((node) => node.nodeType === 1);
    // The script of the reader's values takes in whatever has some.
    const core = Array.from(document.scripts, (one) => one.core).find((one) => one && one.take);
    if (core) {
      elements.forEach((node) => [node, ...node.querySelectorAll("*")].forEach(core.take));
      core.refresh();
    }
    const event = new CustomEvent("guidegen:replaced", { cancelable: true, detail: { nodes: fresh } });
    const isDone = !document.dispatchEvent(event), needs = core ? NEEDS : NEEDS + ", " + VALUES;
    return isDone || !elements.some((node) => node.matches(needs) || node.querySelector(needs));
  }

  async function show() {
    const next = await page();
    if (!isKnown || next.mark === null || scripts(next) !== firstScripts || !document.querySelector("main") || !next.querySelector("main")) return reload();
    for (const name of ["lang", "dir"]) if (next.documentElement.getAttribute(name) !== document.documentElement.getAttribute(name)) return reload();
    if (next.body.dataset.kind !== document.body.dataset.kind) return reload();
    const loaded = styles(next);
    document.title = next.title;
    const left = scrollX, top = scrollY, fresh = [];
    const body = document.importNode(next.body, true);
    renew(document.body, body, path(body), fresh);
    await loaded;
    if (!takenIn(fresh)) return reload();
    if (scrollX !== left || scrollY !== top) scrollTo({ left, top, behavior: "instant" });
    document.dispatchEvent(new CustomEvent("guidegen:shown"));
  }

  async function changed() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      await ready;
      do { again = false; await show(); } while (again);
    } catch (_) { reload(); }
    busy = false;
  }

  // A full load, after which the reader is where it was.
  const KEY = "guidegen:reload";
  function reload() {
    const open = Array.from(document.querySelectorAll("main details"), (one) => one.open);
    try { sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, open, left: scrollX, top: scrollY })); } catch (_) { /* not kept then */ }
    location.reload();
  }
  addEventListener("load", () => {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(KEY)); sessionStorage.removeItem(KEY); } catch (_) { return; }
    if (!kept || kept.path !== location.pathname) return;
    const boxes = document.querySelectorAll("main details");
    if (boxes.length === kept.open.length) boxes.forEach((one, i) => { one.open = kept.open[i]; });
    scrollTo({ left: kept.left, top: kept.top, behavior: "instant" });
  });

  // Images and the like are fetched again; whatever else a page may use, only a load is sure of.
  function files(paths) {
    if (paths === null) return reload();
    const wanted = new Set(paths);
    for (const one of document.querySelectorAll("img, source, video, audio, iframe, object, link[rel~=stylesheet], script[src]")) {
      const name = one.tagName === "LINK" ? "href" : one.tagName === "OBJECT" ? "data" : "src";
      const value = one.getAttribute(name);
      if (!value) continue;
      const address = new URL(value, location.href);
      if (address.origin !== location.origin || !wanted.has(address.pathname)) continue;
      if (one.tagName === "SCRIPT") return reload();
      address.searchParams.set("at", at);
      one.setAttribute(name, address.pathname + address.search);
    }
  }

  // ---- What is wrong, over the page: text, never markup

  let panel = null, dismissed = "";
  function tell(problem) {
    const text = problem ? problem.text : "";
    if (panel) { panel.remove(); panel = null; }
    if (!problem) dismissed = "";
    if (!problem || text === dismissed) return;
    panel = document.createElement("aside");
    panel.setAttribute("aria-label", "What is wrong with the site");
    panel.dataset.guidegenProblem = "";
    const inside = panel.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":host{all:initial;position:fixed;inset:auto 0 0 0;z-index:2147483647;display:block;max-height:60vh;overflow:auto;background:#1d1f24;color:#f3f3f3;border-top:4px solid #e5484d;font:14px/1.5 ui-monospace,monospace;box-shadow:0 -4px 24px #0008}header{display:flex;align-items:center;gap:1em;padding:.6em 1em 0;font-weight:bold}header span{flex:1}button{font:inherit;color:inherit;background:#3a3d45;border:0;border-radius:4px;padding:.2em .8em;cursor:pointer}pre{margin:0;padding:.6em 1em 1em;font:inherit;white-space:pre-wrap;overflow-wrap:anywhere}");
    inside.adoptedStyleSheets = [sheet];
    const part = (name, words) => { const made = document.createElement(name); made.textContent = words; return made; };
    const header = document.createElement("header"), close = part("button", "Hide");
    close.addEventListener("click", () => { dismissed = text; tell(problem); });
    header.append(part("span", problem.title), close);
    inside.append(header, part("pre", text));
    (document.body || document.documentElement).append(panel);
  }

  // ---- Listening

  function listen() {
    clearTimeout(timer);
    if (source) source.close();
    events.search = new URLSearchParams({ page: location.pathname, since: at });
    source = new EventSource(events);
    source.onmessage = (message) => {
      const news = JSON.parse(message.data);
      at = news.at;
      tell(news.problem);
      if (news.page === "changed") changed();
      // A page that an error took away stays until that is mended; its author sees why.
      else if (news.page === "gone" && !news.problem) reload();
      if (news.files === null || news.files.length) files(news.files);
    };
    // The browser tries again by itself, unless it was answered something else than events (a proxy, say).
    source.onerror = () => { if (source && source.readyState === EventSource.CLOSED) timer = setTimeout(listen, 1000); };
  }
  function rest() {
    clearTimeout(timer);
    if (source) source.close();
    source = null;
  }
  // Browsers keep about six connections to one server: tabs that nobody sees leave theirs to others, and ask what
  // happened when they are looked at again.
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  const ready = learn().catch(() => {});
  if (!document.hidden) listen();
})();
