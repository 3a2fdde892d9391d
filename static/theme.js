// What script adds to the theme. Every part stands on its own: where one fails, the page is as it was without it.
// The build puts it into a function of its own, with the texts that it says as declared, and makes it small: see
// src/site/variables_script.rs for what the source keeps to.

const words = declared;
const root = document.documentElement;
const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

// What the browser keeps for us, which it may refuse to.
const store = {
  get(area, key) { try { return window[area].getItem(key); } catch (_) { return null; } },
  set(area, key, value) { try { value === null ? window[area].removeItem(key) : window[area].setItem(key, value); } catch (_) { return; } },
};

function element(name, attributes, text) {
  const made = document.createElement(name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text) made.textContent = text;
  return made;
}

// The colour mode: as the system, light, dark, and around again; the same in every window.
function colourMode() {
  const key = "guidegen:mode", modes = ["auto", "light", "dark"];
  const button = document.querySelector("[data-mode-switch]");
  const show = (mode) => {
    if (mode === "light" || mode === "dark") root.dataset.theme = mode;
    else delete root.dataset.theme;
    if (!button) return;
    const name = words["mode_" + (root.dataset.theme || "auto")];
    button.setAttribute("aria-label", name);
    button.title = name;
  };
  show(root.dataset.theme);
  addEventListener("storage", (event) => { if (event.key === key || event.key === null) show(event.newValue); });
  if (button) button.addEventListener("click", () => {
    const next = modes[(modes.indexOf(root.dataset.theme || "auto") + 1) % modes.length];
    store.set("localStorage", key, next);
    show(next);
  });
}

// The tree of guides stays where the reader left it, shows the page the reader is on, and can be filtered.
function sidebar() {
  const tree = document.getElementById("gg-menu");
  if (!tree) return;
  const current = tree.querySelector("[aria-current]");
  if (current) {
    const box = tree.getBoundingClientRect(), at = current.getBoundingClientRect();
    if (at.top < box.top || at.bottom > box.bottom) reveal(tree, current);
  }
  addEventListener("pagehide", () => {
    const sections = all("details", tree);
    const open = sections.map((section, i) => [section, i]).filter(([section]) => opened.has(section) ? opened.get(section) : section.open);
    store.set("sessionStorage", "guidegen:menu", JSON.stringify({ at: tree.scrollTop, count: sections.length, open: open.map(([, i]) => i) }));
  });
  tree.addEventListener("toggle", (event) => {
    if (event.target === tree && event.newState === "open" && current) reveal(tree, current);
  });
  const input = tree.querySelector("[data-nav-filter]");
  if (input) input.addEventListener("input", () => filterTree(tree, input.value));
}

function reveal(scroller, item) {
  scroller.scrollTop += item.getBoundingClientRect().top - scroller.getBoundingClientRect().top - scroller.clientHeight * .35;
}

const opened = new Map(); // the sections of the tree, as they stood before the filter touched them
function filterTree(tree, value) {
  const wanted = value.trim().toLowerCase();
  const list = tree.querySelector(".nav-tree");
  let found = 0;
  const walk = (items, above) => items.reduce((some, item) => {
    const section = item.querySelector(":scope > details");
    const name = item.querySelector(section ? "summary" : "a").textContent.toLowerCase();
    const hit = above || name.includes(wanted);
    const below = section ? walk(all(":scope > ul > li", section), hit) : false;
    item.hidden = !(hit || below);
    if (section) {
      if (!opened.has(section)) opened.set(section, section.open);
      section.open = wanted ? below && !above : opened.get(section);
    }
    if (!item.hidden && !section) found += 1;
    return some || !item.hidden;
  }, false);
  walk(all(":scope > li", list), false);
  if (!wanted) opened.clear();
  const none = tree.querySelector("[data-nav-none]");
  if (none) none.textContent = found ? "" : words.filter_none;
}

// The table of contents marks the heading that the reader is at; a popover closes when it was used.
function contents() {
  const list = document.getElementById("gg-toc");
  if (!list) return;
  const links = all("a", list), headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const button = list.parentElement.querySelector(".toc-button"), here = element("span", { class: "toc-here", "aria-hidden": "true" });
  if (button) button.after(here);
  let now = null, waiting = false;
  const mark = () => {
    waiting = false;
    // Not above the place where a heading stands that was jumped to.
    const line = Math.max(root.clientHeight * .25, parseFloat(getComputedStyle(root).scrollPaddingTop) + 8);
    let at = 0;
    headings.forEach((heading, i) => { if (heading && heading.getBoundingClientRect().top <= line) at = i; });
    if (scrollY + innerHeight >= root.scrollHeight - 2 && scrollY > 0) {
      const last = headings.length - 1;
      if (headings[last] && headings[last].getBoundingClientRect().top < innerHeight) at = last;
    }
    if (links[at] === now) return;
    if (now) now.removeAttribute("aria-current");
    now = links[at];
    now.setAttribute("aria-current", "true");
    here.textContent = now.textContent;
    const box = list.getBoundingClientRect(), row = now.getBoundingClientRect();
    if (row.top < box.top || row.bottom > box.bottom) reveal(list, now);
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();
  list.addEventListener("click", (event) => {
    if (event.target.closest("a") && list.matches(":popover-open")) list.hidePopover();
  });
}

// Scrolls a row within itself to one of its own; the page stays where it is.
function sideways(row, item) {
  const box = row.getBoundingClientRect(), at = item.getBoundingClientRect();
  if (at.left < box.left) row.scrollLeft += at.left - box.left;
  else if (at.right > box.right) row.scrollLeft += at.right - box.right;
}

// The menu of the site may be longer than the bar has room for.
function siteMenu() {
  const menu = document.querySelector(".site-menu");
  if (!menu) return;
  const current = menu.querySelector("[aria-current]");
  if (current) sideways(menu, current);
  menu.addEventListener("focusin", (event) => sideways(menu, event.target));
}

// A menu that is open when the window grows wide would hang over the page.
function popovers() {
  for (const [width, id] of [["50rem", "gg-menu"], ["75rem", "gg-toc"]]) {
    matchMedia("(max-width: " + width + ")").addEventListener("change", (event) => {
      const list = document.getElementById(id);
      if (!event.matches && list && list.hidePopover && list.matches(":popover-open")) list.hidePopover();
    });
  }
}

// Code blocks: the text as the reader is to paste it, with values, without prompts, output and marks of a diff.
function codeText(block) {
  const copy = block.cloneNode(true);
  all("[data-nocopy], .prompt, .output, .mark, .line.del", copy).forEach((part) => part.remove());
  return copy.textContent.replace(/\n+$/, "") + "\n";
}

// The last segment of a title, where it looks like the name of a file.
function fileName(title) {
  const name = (title || "").trim().split(/[\\/]/).pop();
  return name.length < 128 && /^(?:[^\s<>:"|?*\u0000-\u001f\u007f]*[^\s<>:"|?*.\u0000-\u001f\u007f]\.[A-Za-z0-9_-]{1,12}|\.[A-Za-z0-9_-][A-Za-z0-9_.-]+|(?:Caddy|Docker|Make|Vagrant|Jenkins)file)$/.test(name) ? name : null;
}

function codeBlocks() {
  for (const block of all("figure.code > pre > code, .prose pre:not(figure pre) > code")) {
    let frame = block.parentElement.parentElement;
    if (!frame.matches("figure.code")) {
      frame = element("div", { class: "code-frame" });
      block.parentElement.replaceWith(frame);
      frame.append(block.parentElement);
    }
    const tools = element("div", { class: "code-tools" });
    const copy = element("button", { type: "button", class: "code-tool", "aria-live": "polite" }, words.copy);
    copy.addEventListener("click", () => copyCode(block, frame, copy));
    const caption = frame.querySelector(":scope > figcaption");
    if (caption && fileName(caption.textContent)) {
      const save = element("button", { type: "button", class: "code-tool" }, words.download);
      save.addEventListener("click", () => saveCode(block, fileName(caption.textContent) || "file.txt"));
      tools.append(save);
    }
    tools.append(wrapSwitch(frame));
    tools.append(copy);
    frame.append(tools);
  }
}

function wrapSwitch(frame) {
  const button = element("button", { type: "button", class: "code-tool code-wrap", "aria-pressed": String(frame.matches(".wrap")) }, words.wrap);
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(frame.classList.toggle("wrap")));
  });
  return button;
}

async function copyCode(block, frame, button) {
  await copyText(codeText(block), button);
  frame.dispatchEvent(new CustomEvent("guidegen:copy", { bubbles: true, detail: { block } }));
}

async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (_) { // no permission, or not a secure address: the old way
    const area = element("textarea", { readonly: "" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  button.textContent = words.copied;
  setTimeout(() => { button.textContent = words.copy; }, 2000);
}

function saveCode(block, name) {
  const address = URL.createObjectURL(new Blob([codeText(block)], { type: "text/plain" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// The page as Markdown, with the reader's values: their script (variables.js) puts them into what it is shown.
function markdown() {
  if (location.protocol === "file:") return;
  const look = () => all(".copy-page").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy-page"), link = button && button.parentElement.querySelector("a[data-markdown]");
    if (!link) return;
    const answer = await fetch(link.href);
    if (!answer.ok) return;
    const detail = { text: await answer.text(), uses: JSON.parse(link.dataset.markdown) };
    document.dispatchEvent(new CustomEvent("guidegen:markdown", { detail }));
    copyText(detail.text, button);
  });
  look();
  document.addEventListener("guidegen:shown", look);
}

// Tabs: one of a group is shown; groups of one name change together, and are remembered.
function tabs() {
  const taken = new Set();
  const groups = all("[data-tabs]").map((group) => {
    const buttons = all(":scope > .tab-list > button", group), panels = all(":scope > .tab", group);
    if (!panels.length || buttons.length !== panels.length) return null;
    const names = buttons.map((button) => button.textContent.trim());
    const select = (at) => buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === at));
      button.tabIndex = i === at ? 0 : -1;
      panels[i].hidden = i !== at;
    });
    const choose = (at) => {
      const name = group.dataset.sync;
      select(at);
      if (!name) return;
      store.set("localStorage", "guidegen:tab:" + name, names[at]);
      for (const other of groups) {
        if (other && other.group !== group && other.group.dataset.sync === name && other.names.includes(names[at])) other.select(other.names.indexOf(names[at]));
      }
    };
    const press = (at) => {
      history.replaceState(history.state, "", "#" + buttons[at].id); // the address leads to what the reader sees
      const top = group.getBoundingClientRect().top;
      choose(at);
      scrollBy({ top: group.getBoundingClientRect().top - top, behavior: "instant" }); // what is above may have changed its height
      shown();
    };
    buttons[0].parentElement.setAttribute("role", "tablist");
    buttons.forEach((button, i) => {
      const id = tabName(names[i], taken);
      button.id = id;
      button.setAttribute("role", "tab");
      panels[i].id = panels[i].id || id + "-panel";
      button.setAttribute("aria-controls", panels[i].id);
      panels[i].setAttribute("role", "tabpanel");
      panels[i].setAttribute("aria-labelledby", id);
      button.addEventListener("click", () => press(i));
      button.addEventListener("keydown", (event) => {
        const last = buttons.length - 1;
        const to = { ArrowRight: i === last ? 0 : i + 1, ArrowLeft: i ? i - 1 : last, Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        press(to);
        buttons[to].focus();
      });
    });
    const kept = group.dataset.sync ? names.indexOf(store.get("localStorage", "guidegen:tab:" + group.dataset.sync)) : 0;
    select(Math.max(kept, 0));
    group.dataset.ready = "";
    return { group, names, panels, buttons, select, choose };
  });
  // The tab that is chosen is in sight, also where its row was hidden before.
  document.addEventListener("guidegen:shown", () => {
    for (const entry of groups) if (entry) sideways(entry.buttons[0].parentElement, entry.buttons.find((button) => !button.tabIndex));
  });
  // A link into a hidden tab, or into closed details, opens what hides its target.
  const follow = () => {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (_) { return; }
    if (!target) return;
    for (const entry of groups) if (entry) entry.panels.forEach((panel, i) => {
      if (entry.buttons[i] === target) entry.choose(i);
      else if (panel.contains(target)) entry.select(i);
    });
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    shown();
    target.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  shown();
  if (location.hash) follow();
}

// Says that something is shown that was hidden: who measures does it again.
function shown() {
  document.dispatchEvent(new Event("guidegen:shown"));
}

// The id of a tab, which a link can lead to: what stands on it, and a number where that was there before.
function tabName(label, taken) {
  const word = "tab-" + (label.toLowerCase().match(/[\p{L}\p{N}]+/gu) || ["x"]).join("-");
  let id = word;
  for (let n = 2; taken.has(id) || document.getElementById(id); n += 1) id = word + "-" + n;
  taken.add(id);
  return id;
}

// An index of guides has a script of its own.
const own = document.currentScript;
// Assets stand beside this script, wherever the site stands.
const beside = (path) => new URL(path.split("/").pop(), own.src).href;
function guides() {
  const index = document.querySelector("[data-guides]");
  if (index) document.head.append(element("script", { src: beside(index.dataset.guides) }));
}

// The search comes when it is asked for: by its button, by `/` or by Ctrl-K.
function search() {
  const button = document.querySelector("[data-search]");
  if (!button) return;
  let script = null;
  const ask = () => {
    if (script) { document.dispatchEvent(new Event("gg-search")); return; }
    script = element("script", { src: beside(button.dataset.search), "data-style": beside(button.dataset.style) });
    script.onerror = () => { script.remove(); script = null; };
    document.head.append(script);
  };
  button.addEventListener("click", ask);
  addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    const other = document.querySelector("dialog[open]:not(.search)");
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing && !document.querySelector("dialog[open]");
    const key = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    if (other || !(slash || key)) return;
    event.preventDefault();
    ask();
  });
}

// What scrolls within itself can be reached and scrolled with the keyboard.
function scrollers() {
  const boxes = all(".prose table, .prose .table, .prose .guides, .prose pre:not([tabindex]), .prose math[display='block']");
  const look = () => {
    for (const box of boxes) {
      if (!box.clientWidth) continue; // what is hidden has no width, and stays as it is until it is shown
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
    for (const button of all(".code-wrap")) {
      const frame = button.parentElement.parentElement, block = frame.querySelector("pre");
      button.hidden = !frame.matches(".wrap") && block.scrollWidth <= block.clientWidth + 1;
    }
  };
  look();
  addEventListener("resize", look);
  document.addEventListener("guidegen:shown", look);
  addEventListener("toggle", look, true);
}

// An image that is larger than its place can be enlarged.
function images() {
  for (const image of all(".prose img")) {
    if (image.closest("a, button, figure.code")) continue;
    const look = () => {
      if (image.closest("button") || image.naturalWidth < image.clientWidth * 1.2 || image.clientWidth < 120) return;
      const button = element("button", { type: "button", class: "enlarge", "aria-label": words.enlarge + (image.alt ? ": " + image.alt : "") });
      image.replaceWith(button);
      button.append(image);
      button.addEventListener("click", () => enlarge(image));
    };
    if (image.complete && image.naturalWidth) look();
    else image.addEventListener("load", look, { once: true });
  }
}

function enlarge(image) {
  const dialog = element("dialog", { class: "enlarged", "aria-label": image.alt || words.enlarge });
  const close = element("button", { type: "button", class: "button" }, words.close);
  dialog.append(element("img", { src: image.currentSrc || image.src, alt: image.alt }), close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// Paper has no closed details, and nobody can follow a link on it: whole addresses stand beside those that do not say theirs.
function printing() {
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("main details:not([open])");
    closed.forEach((box) => { box.open = true; });
    for (const link of all(".prose a[href]")) {
      const here = link.href.split("#")[0] === location.href.split("#")[0];
      link.dataset.print = here || link.textContent.trim() === link.getAttribute("href") ? "" : link.href;
    }
  });
  addEventListener("afterprint", () => { closed.forEach((box) => { box.open = false; }); });
}

for (const part of [colourMode, sidebar, contents, siteMenu, popovers, codeBlocks, tabs, scrollers, images, markdown, guides, search, printing]) {
  try { part(); } catch (error) { console.error(error); }
}
