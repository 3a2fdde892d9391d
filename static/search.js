// The search: a dialog of our own over Pagefind's index. It is loaded when a reader asks for it, and not before; the
// button that asked carries the addresses (base.html), and `gg-search` asks again. The build puts it into a function of its own,
// with its texts as `declared` (`search` and `support` of data/strings).

const words = declared.search, levels = declared.support;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

const script = document.currentScript;
const folder = new URL("../pagefind/", script.src).href;
const SHOWN = 8, HEADINGS = 3, WAIT = 1000, PATIENCE = 60;

function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const key in attributes) if (attributes[key] !== null) made.setAttribute(key, attributes[key]);
  made.append(...children.filter(Boolean));
  return made;
}

// The dialog.

const input = make("input", {
  type: "search", id: "gg-search-input", placeholder: words.placeholder, "aria-label": words.label, "aria-describedby": "gg-search-help",
  autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search",
});
const close = make("button", { type: "button", class: "search-close" }, words.close);
const filters = make("div", { class: "search-filters", hidden: "" });
const status = make("p", { class: "search-status", role: "status" });
const list = make("ol", { class: "search-results", "aria-label": words.label });
const more = make("button", { type: "button", class: "button search-more", hidden: "" }, words.more);
const hints = make("div", { class: "search-hints" });
const dialog = make("dialog", { class: "search", "aria-label": words.label },
  make("search", { class: "search-head" }, make("div", { class: "search-bar" }, input, close), filters),
  make("div", { class: "search-body", tabindex: "-1" }, status, list, more, hints),
  make("p", { class: "search-help", id: "gg-search-help" }, words.help));

// The index.

let index = null;      // what searches, as a promise
let turn = 0;          // the number of the search that counts: what an earlier one finds comes too late
let found = [];        // results of that search
let shown = 0;
const chosen = {};     // filters, by name

async function load() {
  if (location.protocol === "file:") throw new Error(words.offline);
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(folder + "pagefind-entry.json", { cache: "no-cache" }).catch(() => null);
    if (answer && answer.ok) break;
    if (tries >= PATIENCE) throw new Error(words.failed);
    tell(words.waiting);
    await new Promise((done) => setTimeout(done, WAIT));
    if (!dialog.open) throw new Error("");
  }
  const made = await import(folder + "pagefind.js");
  await made.options({ excerptLength: 24, excerptEllipsis: "…", ranking: { metaWeights: { title: 6, keywords: 3, path: 0.5 } } });
  await made.init();
  offer(await made.filters());
  return made;
}

function ready() {
  if (!index) {
    tell(words.loading);
    index = load();
    index.then(() => { if (!input.value.trim()) tell(""); }, (error) => {
      index = null;
      tell(error.message && location.protocol !== "file:" ? words.failed : error.message);
      if (location.protocol !== "file:") hints.replaceChildren(button(words.retry, search));
    });
  }
  return index;
}

// The filters that part the site.
function offer(values) {
  const kinds = [["section", words.section, words.all_sections], ["support", words.support, words.any_support]];
  for (const [name, label, all] of kinds) {
    const names = Object.keys(values[name] || {}).sort((a, b) => a.localeCompare(b));
    if (names.length < 2) continue;
    const select = make("select", {}, make("option", { value: "" }, all));
    for (const value of names) select.append(make("option", { value }, named(name, value) + " (" + values[name][value] + ")"));
    select.addEventListener("change", () => { chosen[name] = select.value; search(); });
    filters.append(make("label", {}, make("span", {}, label), select));
    filters.hidden = false;
  }
}

const named = (name, value) => (name === "support" && Object.hasOwn(levels, value) ? levels[value] : value);

// The words of a question as the index has them: parted where punctuation joins names (site/search/token.rs), …
function exact(text) {
  return text.replace(/[!-,/:-?[-^`{-~]/g, (sign, at) =>
    (sign === "'" && /[\p{L}\p{N}]/u.test(text[at - 1] || "") && /[\p{L}\p{N}]/u.test(text[at + 1] || "") ? sign : " ")).trim().replace(/\s+/g, " ");
}
// … a version with and without its `v`, …
const version = (text) => text.replace(/(^| )(v?)(\d+(?:\.\d+)+)(?= |$)/gi, (_, space, v, number) => space + (v ? "" : "v") + number);
// … and a name in its parts.
const parts = (text) => text.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2").split(/[\s_.@-]+/).filter((part) => part.length > 1).join(" ");

async function ask(text) {
  const engine = await ready();
  const wanted = {};
  for (const name in chosen) if (chosen[name]) wanted[name] = chosen[name];
  const of = (query) => (query ? engine.search(query, { filters: wanted }).then((answer) => answer.results) : []);
  const first = exact(text), other = version(first), loose = parts(first);
  const [results, more] = await Promise.all([of(first), other === first ? [] : of(other)]);
  const ids = new Set(results.map((result) => result.id));
  const both = results.concat(more.filter((result) => !ids.has(result.id)));
  if (both.length || loose === first) return { results: both, isLoose: false };
  return { results: await of(loose), isLoose: true };
}

async function search() {
  const text = input.value.trim(), mine = (turn += 1);
  hints.replaceChildren();
  if (!text) { list.replaceChildren(); more.hidden = true; tell(""); return; }
  let answer;
  try { answer = await ask(text); } catch (_) { return; }
  if (mine !== turn) return;
  found = answer.results;
  shown = 0;
  const count = found.length === 1 ? words.one : fill(words.many, { count: found.length });
  await show(mine, true);
  if (mine !== turn) return;
  tell(found.length ? (answer.isLoose ? words.loose + " " : "") + count : fill(words.none, { text }));
  if (!found.length) suggest(text);
  else if (isBeside(text)) similar(text);
}

// Whether what is marked in the results has little of what was asked for: for a word that is nowhere, the index gives what
// begins as it does, and be it one letter.
function isBeside(text) {
  const marked = Array.from(list.querySelectorAll("mark"), (mark) => mark.textContent.toLowerCase());
  const isLike = (asked) => marked.some((word) => {
    let same = 0;
    while (same < asked.length && word[same] === asked[same]) same += 1;
    return same >= asked.length - (asked.length > 5 ? 3 : 1);
  });
  return !exact(text).toLowerCase().split(" ").some(isLike);
}

async function show(mine, isNew) {
  const next = await Promise.all(found.slice(shown, shown + SHOWN).map((result) => result.data()));
  if (mine !== turn) return;
  const items = next.map(item);
  if (isNew) list.replaceChildren(...items); else list.append(...items);
  shown += items.length;
  more.hidden = shown >= found.length;
  if (!isNew && items[0]) items[0].querySelector("a").focus();
}

function item(page) {
  const level = page.meta.support;
  const badge = level ? make("span", { class: "badge badge-" + level.replace(/[^\w-]/g, "-") }, named("support", level)) : null;
  const path = page.meta.path ? make("span", { class: "search-path" }, page.meta.path) : null;
  const link = make("a", { href: page.url }, make("span", { class: "search-title" }, page.meta.title || page.url), badge, path);
  const own = page.sub_results.find((part) => part.url === page.url);
  const headings = page.sub_results.filter((part) => part.url !== page.url).slice(0, HEADINGS);
  if (own || !headings.length) link.append(excerpt(own ? own.excerpt : page.excerpt));
  const below = headings.map((part) => make("li", {}, make("a", { href: part.url }, make("span", { class: "search-title" }, clean(part.title)), excerpt(part.excerpt))));
  return make("li", {}, link, below.length ? make("ul", {}, ...below) : null);
}

// An excerpt is text with marks in it. What was parted for the index is joined again, and nothing of it is markup.
const clean = (text) => text.replace(/\u2060 ?/g, "");
function excerpt(html) {
  const box = make("span", { class: "search-excerpt" });
  const text = html.replace(/\u2060(<\/mark>)? ?/g, "$1").replace(/<\/mark>(\S)?<mark>/g, "$1");
  text.split(/<\/?mark>/).forEach((piece, at) => {
    const plain = piece.replace(/&lt;/g, "<").replace(/&gt;/g, ">");
    box.append(at % 2 ? make("mark", {}, plain) : plain);
  });
  return box;
}

// Guides with similar names.
function similar(text) {
  const links = near(text.toLowerCase());
  if (links.length) {
    hints.append(make("p", {}, words.did_you_mean), make("ul", {}, ...links.map((link) => make("li", {}, make("a", { href: link.href }, link.textContent)))));
  }
}

// Nothing found: these, the same without filters, the words one by one.
function suggest(text) {
  similar(text);
  if (Object.values(chosen).some(Boolean)) {
    hints.append(button(words.wider, () => {
      filters.querySelectorAll("select").forEach((select) => { select.value = ""; });
      for (const name in chosen) delete chosen[name];
      search();
      input.focus();
    }));
  }
  const single = [...new Set(exact(text).split(" "))].filter((word) => word.length > 2);
  if (single.length > 1) {
    hints.append(make("p", {}, words.single), ...single.slice(0, 6).map((word) => button(word, () => { input.value = word; search(); input.focus(); })));
  }
}

// Guides of the navigation whose names are a slip or two from what was typed.
function near(text) {
  const rated = [];
  for (const link of document.querySelectorAll(".nav-tree a")) {
    const name = link.textContent.trim().toLowerCase();
    const away = Math.min(...[name, ...name.split(/\s+/)].map((word) => distance(word, text)));
    if (away <= 1 || away * 3 <= text.length) rated.push([away, link]);
  }
  return rated.sort((a, b) => a[0] - b[0]).slice(0, 5).map((entry) => entry[1]);
}

function distance(a, b) {
  if (Math.abs(a.length - b.length) > 4 || a.length > 60 || b.length > 60) return 99;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

function button(text, act) {
  const made = make("button", { type: "button", class: "button" }, text);
  made.addEventListener("click", act);
  return made;
}

function tell(text) { if (status.textContent !== text) status.textContent = text; }

// Keys and clicks.

let timer = 0;
input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
more.addEventListener("click", () => show(turn, false));
close.addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("a")) dialog.close();
});
dialog.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !event.target.closest("select")) {
    const stops = [input, ...dialog.querySelectorAll(".search-body a, .search-body button:not([hidden])")];
    const to = stops[stops.indexOf(document.activeElement) + step];
    event.preventDefault();
    if (to) to.focus();
  } else if (event.key === "Escape" && event.target === input) {
    // The field itself would only empty itself.
    event.preventDefault();
    dialog.close();
  } else if (event.key === "Enter" && event.target === input && !event.isComposing) {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) first.click();
  } else if (event.key === "/" && event.target.closest(".search-body")) {
    event.preventDefault();
    input.focus();
  }
});

function open() {
  if (dialog.open) { dialog.close(); return; }
  dialog.showModal();
  input.focus();
  input.select();
  ready().catch(() => null); // told already
}

document.addEventListener("gg-search", open);
document.body.append(dialog);
// Without its looks the dialog would jump; without them for good it still works.
const style = make("link", { rel: "stylesheet", href: script.dataset.style });
style.onload = style.onerror = open;
document.head.append(style);
