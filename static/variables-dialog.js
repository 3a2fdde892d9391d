// The dialog with the reader's values, and the ways in and out: links, files, fresh secrets. It builds everything by script,
// as text and attributes alone. The second half of one script: see variables.js.

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
let dialog = null, opener = null, timer = 0;
function say(text, undo) {
  const place = dialog && dialog.open ? dialog.querySelector("[role=status]") : toast;
  place.replaceChildren(text, undo ? button("Undo", restore) : "");
  clearTimeout(timer);
  if (!undo) timer = setTimeout(() => toast.replaceChildren(), 12000);
}
const sayChanges = (count, undo) => say(count + (count === 1 ? " value" : " values") + " changed." + (kept ? "" : " This browser keeps nothing: it lasts until you leave the page."), undo);

function showDialog(title, content, actions, submit) {
  if (dialog) dialog.remove();
  else opener = document.activeElement;
  const own = dialog = make("dialog", { class: "sitevar-dialog", "aria-labelledby": "sitevar:title" },
    make("form", { method: "dialog", novalidate: "", submit },
      make("header", {}, make("h2", { id: "sitevar:title" }, title), button("×", () => own.close(), "Close")),
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

// Values by name become the reader's; `undefined` takes one away. How many changed. `former` is what an undo goes back to.
function change(values, former = state.former) {
  let count = 0;
  const all = new Map(state.values);
  for (const [name, text] of values) {
    const isSecret = variables.get(name).type === "secret", map = isSecret ? secrets : all, at = isSecret ? name : key(name);
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
  say("Your former values are back.");
}

// The fields.

const fields = new Map();
function field(name) {
  const variable = variables.get(name), id = "sitevar-" + name, isSecret = variable.type === "secret";
  const typed = () => { check(name); preview(); };
  const about = { id, "aria-describedby": id + ":help " + id + ":error", input: typed };
  const choices = variable.options || variable.type === "boolean" && ["true", "false"].map((choice) => ({ value: choice, label: variable.text?.[choice] }));
  const say = (choice) => choice.label || choice.value || "(empty)";
  const input = choices
    ? make("select", about, ...["Example: " + say(choices.find((choice) => choice.value === variable.default)), ...choices.map(say)].map((text) => make("option", {}, text)))
    : make("input", { ...about, placeholder: variable.default, autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const error = make("p", { class: "sitevar-error", id: id + ":error" });
  const entry = {
    input, error,
    // What the reader has chosen; undefined leaves the default.
    get: () => choices ? choices[input.selectedIndex - 1]?.value : input.value || undefined,
    set(text) {
      entry.shown = text;
      if (choices) input.selectedIndex = choices.findIndex((choice) => choice.value === text) + 1;
      else input.value = text ?? "";
      check(name);
    },
  };
  fields.set(name, entry);
  return make("div", { class: "sitevar-field" },
    make("label", { for: id }, labelOf(name)),
    make("div", {}, input,
      isSecret && button("Generate", () => { input.value = generate(variable); typed(); }, "Generate " + labelOf(name)),
      button("Reset", () => reset(name), "Reset " + labelOf(name))),
    make("p", { id: id + ":help" }, variable.help, isSecret && " It is never stored, and gone when you leave this page."),
    error);
}
function check(name) {
  const { input, error, get } = fields.get(name), text = get();
  const wrong = text === undefined ? "" : validate(variables.get(name), text);
  error.textContent = wrong;
  input.setAttribute("aria-invalid", !!wrong);
  return wrong;
}
const current = (name) => illegal.has(name) ? state.values.get(key(name)) : active.get(name);
// Shows what is kept now in every field that the reader has not touched.
function refresh() {
  if (!dialog) return;
  for (const [name, entry] of fields) if (entry.get() === entry.shown) entry.set(current(name));
  preview();
}
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
function openValues(wanted) {
  const used = new Set((parsed(data.page || null) || []).concat(Object.keys(local.variables)).flatMap(leaves));
  const groups = new Map([["On this page", used]]);
  for (const [name, { group = "Other values" }] of [...variables].sort(([, one], [, other]) => !one.group - !other.group)) if (!used.has(name)) groups.set(group, (groups.get(group) || new Set()).add(name));
  fields.clear();
  const content = [...groups].filter(([, names]) => names.size).map(([title, names]) => make("fieldset", {}, make("legend", {}, title), ...[...names].map(field)));
  if (computed.size) content.push(make("h3", {}, "Made of these"), make("dl"));
  const file = make("input", { type: "file", accept: ".json", hidden: "", change: () => load(file.files[0]) });
  showDialog("Your values", content, [
    state.former && button("Former values", restore), button("Reset all", resetAll), button("Copy link", share),
    button("Export", save), button("Import", () => file.click()), file, primary("Save"),
  ], (event) => {
    const [wrong] = [...fields.keys()].filter(check);
    if (wrong) {
      event.preventDefault();
      return fields.get(wrong).input.focus();
    }
    dialog.close();
    sayChanges(change([...fields].map(([name, entry]) => [name, entry.get()])));
  });
  for (const [name, entry] of fields) entry.set(current(name));
  preview();
  fields.get(leaves(wanted)[0])?.input.focus();
}

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
function digest(text, isShown) {
  if (!digests.has(text) && isShown) {
    digests.set(text, "…");
    derive(text).catch(() => "(a digest needs https or localhost)").then((made) => { digests.set(text, made); show(); });
  }
  return digests.get(text) ?? null;
}

// Out: a link, and a file. In: the same two, and nothing of them counts before the reader says so.

const shared = () => [...active].filter(([name]) => !secrets.has(name)).map(([name, text]) => [key(name), text]);
const bare = () => location.href.split("#")[0];
async function share() {
  const link = bare() + "#sitevar?" + new URLSearchParams(shared());
  try {
    await navigator.clipboard.writeText(link);
    say("The link is copied. It holds your values, but no secret.");
  } catch (_) { say(link); }
}
function save() {
  const href = URL.createObjectURL(new Blob([JSON.stringify({ version: 1, values: Object.fromEntries(shared()) })]));
  make("a", { href, download: "values.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
async function load(file) {
  const all = file.size < 1e6 && parsed(await file.text());
  if (all?.values) ask(texts(all.values));
  else say("Not a file with values.");
}
function ask(found) {
  const taken = new Map(), left = [], names = new Map([...variables.keys()].map((name) => [key(name), name]));
  for (const [at, text] of found) {
    const name = names.get(at), variable = variables.get(name);
    if (!variable || variable.type === "secret" || validate(variable, text)) left.push(at.slice(0, 40));
    else if (active.get(name) !== text) taken.set(name, text);
  }
  const after = new Map([...active, ...taken]), count = taken.size;
  const row = (name, ...texts) => make("tr", {}, make("th", { scope: "row" }, name), ...texts.map((text) => make("td", {}, text)));
  const pair = (name) => [active, after].map((values) => valueOf(name, [], values) ?? "…");
  const rows = [...taken.keys()].map((name) => row(labelOf(name), ...pair(name)));
  for (const name of computed.keys()) if (new Set(pair(name)).size > 1) rows.push(row(name, ...pair(name)));
  showDialog("Use these values?", [
    make("p", {}, count ? "Somebody gave you values. Nothing changes before you take them." : "Nothing here would change your values."),
    count && make("table", {}, make("thead", {}, make("tr", {}, ...["Value", "Now", "Then"].map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows)),
    left[0] && make("p", {}, "Left out as unknown, secret or not legal: " + left.slice(0, 20).join(", ")),
  ].filter((part) => part), [count && button("Keep mine", () => dialog.close()), primary(count ? "Use these values" : "Close")], () => {
    dialog.close();
    if (count) sayChanges(change(taken, state.values), true);
  });
}
function arrive() {
  if (!location.hash.startsWith("#sitevar?")) return;
  ask(new Map(new URLSearchParams(location.hash.slice(9))));
  dialog.addEventListener("close", () => history.replaceState(null, "", bare()));
}

document.addEventListener("DOMContentLoaded", () => {
  document.body.append(toast);
  if (illegal.size) say("Not legal any more, so the example's is shown: " + labels([...illegal.keys()]));
  arrive();
});
addEventListener("hashchange", arrive);
