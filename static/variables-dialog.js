// The dialog with the reader's values, and the ways in and out: links, files, fresh secrets. It builds everything by script,
// as text and attributes alone, on what variables.js knows and does. Nothing waits for it: it comes when the page was parsed.
// The build puts it into a function of its own, with its texts as `declared` (`values` of data/strings).

const core = document.querySelector("script[data-page]")?.core;
if (!core) return;
const {
  data, parsed, local, variables, computed, bytes, base64, validate, leaves, valueOf, storage, key, texts, secrets, active,
  illegal, state, show, spans, inPlace,
} = core;
const words = declared;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const labelOf = (name) => variables.get(name)?.label || name;
const labels = (names) => names.map(labelOf).join(", ");
const wrong = (variable, text) => {
  const what = validate(variable, text);
  return what && (what === "pattern" && variable.patternHelp || fill(words.wrong[what], variable));
};

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) {
    const given = attributes[name];
    if (typeof given === "function") element.addEventListener(name, given);
    else if (given !== undefined) element.setAttribute(name, given);
  }
  element.append(...children.filter((child) => child));
  return element;
}
const button = (text, click, name) => make("button", { type: "button", class: "button", click, "aria-label": name }, text);
const primary = (text) => make("button", { class: "button sitevar-primary" }, text);

// What is said aloud: in the dialog while it is open, else at the edge of the page.
const toast = make("div", { class: "sitevar-status", role: "status" });
let dialog = null, opener = null, timer = 0, kept = true;
function say(text, undo) {
  const place = dialog && dialog.open ? dialog.querySelector("[role=status]") : toast;
  place.replaceChildren(text, undo ? button(words.undo, restore) : "");
  clearTimeout(timer);
  if (!undo) timer = setTimeout(() => toast.replaceChildren(), 12000);
}
const sayChanges = (count, undo) => say(fill(words[count === 1 ? "changed_one" : count ? "changed" : "changed_none"], { count }) + (kept ? "" : " " + words.not_kept), undo);

function showDialog(title, content, actions, submit) {
  if (dialog) dialog.remove();
  else opener = document.activeElement;
  const own = dialog = make("dialog", { class: "sitevar-dialog", "aria-labelledby": "Sitevar:title" },
    make("form", { method: "dialog", novalidate: "", submit },
      make("header", {}, make("h2", { id: "Sitevar:title" }, title), button("×", () => own.close(), words.close)),
      ...content,
      make("footer", {}, make("p", { role: "status" }), ...actions)));
  own.addEventListener("close", () => {
    own.remove();
    if (dialog !== own) return;
    dialog = null;
    opener.focus();
  });
  document.body.append(own);
  own.showModal();
}

// Keeps `values` and, to go back to, `former`, if the browser takes them.
function keep(values, former) {
  state.values = values;
  state.former = former;
  try {
    if (!values.size && !former) localStorage.removeItem(storage);
    else localStorage.setItem(storage, JSON.stringify({ version: 1, values: Object.fromEntries(values), former: former ? Object.fromEntries(former) : undefined }));
    kept = true;
  } catch (_) { kept = false; }
  show();
}
// Values by name become the reader's; `undefined` takes one away. How many changed. `former` is what an undo goes back to.
function change(values, former = state.former) {
  let count = 0;
  const all = new Map(state.values);
  for (const [name, text] of values) {
    const isSecret = variables.get(name)?.type === "secret", map = isSecret ? secrets : all, at = isSecret ? name : key(name);
    if (map.get(at) === text) continue;
    count += 1;
    if (text === undefined) map.delete(at);
    else map.set(at, text);
  }
  keep(all, former);
  return count;
}
function restore() {
  keep(state.former, state.values);
  say(words.restored);
}

// The fields. Their ids begin with a capital letter, which no heading's does.

const fields = new Map();
function field(name) {
  const variable = variables.get(name), id = "Sitevar-" + name, isSecret = variable.type === "secret", label = labelOf(name);
  const typed = () => { check(name); preview(); };
  const about = { id, "aria-describedby": id + ":help " + id + ":error", input: typed };
  const choices = variable.options || variable.type === "boolean" && ["true", "false"].map((choice) => ({ value: choice, label: variable.text?.[choice] }));
  const choice = (option) => option.label || option.value || words.nothing;
  const input = choices
    ? make("select", about, ...[fill(words.example, { value: choice(choices.find((option) => option.value === variable.default)) }), ...choices.map(choice)].map((text) => make("option", {}, text)))
    : make("input", { ...about, placeholder: variable.default, autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const error = make("p", { class: "sitevar-error", id: id + ":error" });
  const entry = {
    input, error,
    // What the reader has chosen; undefined leaves the default.
    get: () => choices ? choices[input.selectedIndex - 1]?.value : input.value || undefined,
    set(text) {
      entry.shown = text;
      if (choices) input.selectedIndex = choices.findIndex((option) => option.value === text) + 1;
      else input.value = text ?? "";
      check(name);
    },
  };
  fields.set(name, entry);
  return entry.box = make("div", { class: "sitevar-field" },
    make("label", { for: id }, label),
    make("div", {}, input,
      isSecret && button(words.generate, () => { input.value = generate(variable); typed(); }, fill(words.generate_one, { label })),
      button(words.reset, () => reset(name), fill(words.reset_one, { label }))),
    make("p", { id: id + ":help" }, variable.help, isSecret && " " + words.secret),
    error);
}
function check(name) {
  const { input, error, get } = fields.get(name), text = get();
  const told = text === undefined ? "" : wrong(variables.get(name), text);
  error.textContent = told;
  input.setAttribute("aria-invalid", !!told);
  return told;
}
const current = (name) => illegal.has(name) ? state.values.get(key(name)) : active.get(name);
// Shows what is kept now in every field that the reader has not touched.
core.refresh = () => {
  if (!dialog) return;
  for (const [name, entry] of fields) if (entry.get() === entry.shown) entry.set(current(name));
  preview();
};
function reset(name) {
  fields.get(name).set(undefined);
  sayChanges(change([[name]]));
}
// All that is kept goes, that of other guides as well.
function resetAll() {
  const former = state.values, count = former.size + secrets.size;
  fields.forEach((entry) => entry.set());
  secrets.clear();
  keep(new Map(), former);
  sayChanges(count, true);
}
const results = (values) => [...computed.keys()].map((name) => [name, valueOf(name, [], values) ?? "…"]);
function preview() {
  const list = dialog.querySelector("dl");
  if (!list) return;
  const drafts = new Map([...fields].map(([name, entry]) => [name, entry.get()]).filter(([name, text]) => text !== undefined && !check(name)));
  list.replaceChildren(...results(drafts).flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));
}
// Where there are many, some: those whose name, label or help has what was typed.
function filter(typed) {
  const wanted = typed.trim().toLowerCase();
  for (const [name, { box }] of fields) box.hidden = !(name + " " + box.querySelector("label").textContent + " " + (variables.get(name).help || "")).toLowerCase().includes(wanted);
  const sets = [...dialog.querySelectorAll("fieldset")];
  for (const set of sets) set.hidden = !set.querySelector(".sitevar-field:not([hidden])");
  say(sets.some((set) => !set.hidden) ? "" : words.filter_none);
}
core.open = (wanted) => {
  const used = new Set((parsed(data.page || null) || []).concat(Object.keys(local.variables)).flatMap(leaves));
  const groups = new Map([[words.page, used]]);
  for (const [name, { group = words.other }] of [...variables].sort(([, one], [, other]) => !one.group - !other.group)) if (!used.has(name)) groups.set(group, (groups.get(group) || new Set()).add(name));
  fields.clear();
  const content = [...groups].filter(([, names]) => names.size).map(([title, names]) => make("fieldset", {}, make("legend", {}, title), ...[...names].map(field)));
  const search = fields.size > 12 && make("input", {
    class: "sitevar-filter", "aria-label": words.filter, placeholder: words.filter, autocomplete: "off",
    input: () => filter(search.value),
    keydown: (event) => { if (event.key === "Enter") event.preventDefault(); },
  });
  if (search) content.unshift(search);
  if (computed.size) content.push(make("h3", {}, words.computed), make("dl"));
  const file = make("input", { type: "file", accept: ".json", hidden: "", change: () => load(file.files[0]) });
  showDialog(words.open, content, [
    state.former && button(words.former, restore), button(words.reset_all, resetAll), button(words.copy_link, share),
    button(words.export, save), button(words.import, () => file.click()), file, primary(words.save),
  ], (event) => {
    const [bad] = [...fields.keys()].filter(check);
    if (bad) {
      event.preventDefault();
      if (search) filter(search.value = "");
      return fields.get(bad).input.focus();
    }
    dialog.close();
    sayChanges(change([...fields].map(([name, entry]) => [name, entry.get()])));
  });
  for (const [name, entry] of fields) entry.set(current(name));
  preview();
  fields.get(leaves(wanted)[0])?.input.focus();
};

// Secrets: characters, each as likely as every other; and digests, as Authelia reads them, made beside the page.

function generate({ length, alphabet }) {
  let text = "";
  while (text.length < length) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 256 - 256 % alphabet.length) text += alphabet[byte % alphabet.length];
  }
  return text;
}
const digests = new Map();
async function derive(text) {
  const salt = crypto.getRandomValues(new Uint8Array(16)), iterations = 310000;
  const material = await crypto.subtle.importKey("raw", bytes(text), "PBKDF2", false, ["deriveBits"]);
  const hash = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-512", salt, iterations }, material, 512);
  return ["", "pbkdf2-sha512", iterations, ...[salt, new Uint8Array(hash)].map((part) => base64(part).replace(/=/g, "").replace(/\+/g, "."))].join("$");
}
// The digest of a secret; none yet of one that is only being typed.
core.digest = (text, isShown) => {
  if (!digests.has(text) && isShown) {
    digests.set(text, "…");
    derive(text).catch(() => words.no_digest).then((made) => { digests.set(text, made); show(); });
  }
  return digests.get(text) ?? null;
};

// Out: a link with what this page knows, and a file with all that the site keeps, but for secrets and what is not legal.
// In: the same two, and nothing of them counts before the reader says so.

const shared = () => [...active].filter(([name]) => !secrets.has(name)).map(([name, text]) => [key(name), text]);
const bare = () => location.href.split("#")[0];
async function share() {
  const link = bare() + "#sitevar?" + new URLSearchParams(shared());
  try {
    await navigator.clipboard.writeText(link);
    say(words.shared);
  } catch (_) { say(link); }
}
// Whether a value is kept for a guide other than this one, which alone can tell whether it is legal, and does.
const isElsewhere = (at) => /^\/.*#[a-z][\w-]*$/i.test(at) && !at.startsWith(local.address + "#");
function save() {
  const elsewhere = [...state.values].filter(([at]) => isElsewhere(at));
  const href = URL.createObjectURL(new Blob([JSON.stringify({ version: 1, values: Object.fromEntries(shared().concat(elsewhere)) })]));
  make("a", { href, download: "values.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
async function load(file) {
  const all = file.size < 1e6 && parsed(await file.text());
  if (all?.values) ask(texts(all.values), true);
  else say(words.no_file);
}
function ask(found, isFile) {
  const taken = new Map(), left = [], names = new Map([...variables.keys()].map((name) => [key(name), name]));
  const now = (name) => active.get(name) ?? state.values.get(name);
  for (const [at, text] of found) {
    const name = names.get(at) ?? at, variable = variables.get(names.get(at));
    if (variable ? variable.type === "secret" || validate(variable, text) : !isFile || !isElsewhere(at) || text.length > 2048) left.push(at.slice(0, 40));
    else if (now(name) !== text) taken.set(name, text);
  }
  const after = new Map([...active, ...taken]), count = taken.size;
  const row = (name, ...texts) => make("tr", {}, make("th", { scope: "row" }, name), ...texts.map((text) => make("td", {}, text)));
  const pair = (name) => isElsewhere(name) ? [now(name) ?? "…", taken.get(name)] : [active, after].map((values) => valueOf(name, [], values) ?? "…");
  const rows = [...taken.keys()].map((name) => row(labelOf(name), ...pair(name)));
  for (const name of computed.keys()) if (new Set(pair(name)).size > 1) rows.push(row(name, ...pair(name)));
  showDialog(words.ask, [
    make("p", {}, count ? words.given : words.no_change),
    count && make("table", {}, make("thead", {}, make("tr", {}, ...[words.value, words.now, words.then].map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows)),
    left[0] && make("p", {}, fill(words.left_out, { names: left.slice(0, 20).join(", ") })),
  ].filter((part) => part), [count && button(words.keep, () => dialog.close()), primary(count ? words.take : words.close)], () => {
    dialog.close();
    if (count) sayChanges(change(taken, state.values), true);
  });
}
function arrive() {
  if (!location.hash.startsWith("#sitevar?")) return;
  ask(new Map(new URLSearchParams(location.hash.slice(9))));
  dialog.addEventListener("close", () => history.replaceState(null, "", bare()));
}

// What the page does with values besides showing them.

// A copied block that still holds fallbacks: which ones, once.
const once = new Set();
document.addEventListener("guidegen:copy", (event) => {
  const block = event.detail?.block || event.target;
  const found = [...block.querySelectorAll("[data-sitevar]")]
    .filter((span) => spans.has(span) && !span.closest("[data-nocopy], .prompt, .output, .line.del"))
    .flatMap((span) => leaves(span.dataset.sitevar))
    .filter((name) => !active.has(name) && !once.has(name) && once.add(name));
  if (found.length) say(fill(words.still, { names: labels(found) }));
});
// The page as Markdown: values in the place of fallbacks, each so far from the end.
document.addEventListener("guidegen:markdown", ({ detail }) => {
  for (const [end, length, ...place] of detail.uses) {
    const at = detail.text.length - end, text = inPlace(...place);
    if (text !== null) detail.text = detail.text.slice(0, at) + text + detail.text.slice(at + length);
  }
});

document.body.append(toast);
if (illegal.size) say(fill(words.illegal, { names: labels([...illegal.keys()]) }));
arrive();
addEventListener("hashchange", arrive);
if (core.wanted) core.open(core.wanted[0]);
