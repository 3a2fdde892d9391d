// The reader's values: which are legal, how each is written where it stands, where they are kept, and the page that shows them.
// It runs in <head> and fills in every value while the page is parsed, so that none is painted that is not the reader's.
// Rules and results are those of the build: tests/variables/vectors.json holds both sides to them.
//
// The dialog is a script of its own, which is not waited for (variables-dialog.js). What it builds on is `core`, below.
// The build puts this into a function of its own, with the declarations as `declared` (src/site/variables_script.rs, which says
// what it asks of how it is written).

const script = document.currentScript, data = script.dataset;
const parsed = (text) => { try { return JSON.parse(text); } catch (_) { return null; } };
const local = parsed(data.local || null) || { variables: {} };
const variables = new Map([declared.variables, local.variables].flatMap(Object.entries));
const computed = new Map(Object.entries(declared.computed || {}));

// Formats.

const escaping = (characters) => (text) => text.replace(characters, "\\$&");
const bytes = (text) => new TextEncoder().encode(text);
const base64 = (all) => {
  let text = "";
  for (const byte of all) text += String.fromCharCode(byte);
  return btoa(text);
};
const json = (text) => JSON.stringify(text).slice(1, -1);
const hex = (c, width) => c.charCodeAt(0).toString(16).padStart(width, "0");
const named = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0" };
const yaml = (text) => text
  .replace(/["\\]/g, "\\$&")
  .replace(/[\0-\x1f\x7f-\x9f]/g, (c) => named[c] || "\\x" + hex(c, 2))
  .replace(/[\u2028\u2029\ufeff\ufffe\uffff]/g, (c) => "\\u" + hex(c, 4));
const label = (text) => text.replace(/["+,;<>\\]|^[# ]| $/g, "\\$&").replace(/\0/g, "\\00");
const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const formats = {
  __proto__: null,
  regex: escaping(/[\\.*+?^${}()|[\]]/g),
  dn: (text) => text.split(".").filter(Boolean).map((part) => "DC=" + label(part)).join(","),
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  url: encodeURIComponent,
  base64: (text) => base64(bytes(text)),
  json,
  yaml: (text) => /^[A-Za-z_/][\w./@%+=~:-]*$/.test(text) && !/:$|^(null|true|false|yes|no|on|off|y|n)$/i.test(text) ? text : '"' + yaml(text) + '"',
  shell: (text) => /^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replace(/'/g, "'\\''") + "'",
  html: (text) => text.replace(/[&<>"']/g, (c) => entities[c]),
  "first-label": (text) => text.split(".")[0],
};

// Contexts: the quotes that a value stands between. What they cannot hold becomes U+FFFD.

const held = (text) => text.replace(/[\0-\x08\n-\x1f\x7f]/g, "\ufffd");
const lines = (text) => text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, "\ufffd");
const contexts = {
  __proto__: null,
  "yaml-single": (text) => held(text).replace(/'/g, "''"),
  "yaml-double": yaml,
  "json-string": json,
  "json-single": (text) => json(text).replace(/\\"/g, '"').replace(/'/g, "\\'"),
  "toml-basic": (text) => json(text).replace(/\x7f/g, "\\u007f"),
  "toml-literal": (text) => held(text).replace(/'/g, "\ufffd"),
  "shell-single": (text) => lines(text).replace(/'/g, "'\\''"),
  "shell-double": (text) => escaping(/[\\"$`]/g)(lines(text)),
  "env-single": (text) => held(text).replace(/'/g, "\\'"),
  "env-double": (text) => held(text.replace(/[\\"$]/g, "\\$&").replace(/[\n\r]/g, (c) => named[c])),
  "html-attribute": formats.html,
  "ini-double": (text) => held(text).replace(/[\\"]/g, "\\$&"),
};

// Which values are legal.

const ipv4 = (text) => /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/.test(text);
const ipv6 = (text) => {
  const halves = text.split("::");
  let groups = 0, fine = halves.length < 3;
  halves.forEach((half, h) => half && half.split(":").forEach((group, g, all) => {
    const tail = ipv4(group) && !halves[h + 1] && halves[h + 1] !== "" && g === all.length - 1;
    groups += tail ? 2 : 1;
    fine = fine && (tail || /^[\da-f]{1,4}$/i.test(group));
  }));
  return fine && (halves[1] === undefined ? groups === 8 : groups < 8);
};
// Characters that a URL parser drops or takes for a dot.
const unseen = /[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3002\u3164\ufe00-\ufe0f\ufeff\uff0e\uff61\uffa0\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
// The name as the DNS has it; empty when a URL parser makes none of it.
const ascii = (text) => {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  if (unseen.test(text) || /[\0-,/:-@[-^`{-\x7f]/.test(text)) return "";
  try { return new URL("https:" + text + ".invalid").hostname.slice(0, -8); } catch (_) { return ""; }
};
const isName = (text, letters = "a-z\\d") => {
  const name = ascii(text), fine = RegExp("^[" + letters + "]([" + letters + "-]{0,61}[" + letters + "])?$", "i");
  return name.length < 254 && !/^\.|\.$/.test(text) && name.split(".").every((part) => fine.test(part));
};
// A name that ends in a number is an address to every URL parser, and no name.
const isDomain = (text, letters) => isName(text, letters) && !/(^|\.)(\d+|0x[\da-f]*)$/i.test(ascii(text));
const isHost = (text) => /^\[.*\]$/.test(text) ? ipv6(text.slice(1, -1)) : ipv4(text) || isDomain(text, "\\w");
const isPort = (text) => /^[1-9]\d{0,4}$/.test(text) && text < 65536;
const rules = {
  __proto__: null,
  hostname: isHost,
  domain: (text) => isDomain(text) && text.includes("."),
  label: (text) => isName(text) && !text.includes("."),
  port: isPort,
  number: (text) => text.length < 33 && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text),
  boolean: (text) => /^(true|false)$/.test(text),
  choice: (text, { options }) => options.some((option) => option.value === text),
  url: (text) => {
    const [, host, , port, rest] = /^https?:\/\/(\[[^\]]*\]|[^:/?#[\]]*)(:([^/?#]*))?([/?#].*)?$/is.exec(text) || [, ""];
    return isHost(host) && (port === undefined || isPort(port)) && !/[\s"<>\\^{|}`]|%(?![\da-f]{2})/i.test(rest);
  },
  path: (text) => text[0] === "/" && !/[\\?#]|\s$|\/\/|\/\.\.?(\/|$)/.test(text),
  email: (text) => {
    const [, box, name] = /^([\w!#$%&'*+/=?^`{|}~.-]{1,64})@([^@]+)$/.exec(text) || [, "."];
    return !/^\.|\.\.|\.$/.test(box) && text.length < 255 + name.length - [...name].length && isDomain(name);
  },
  ip: (text) => ipv4(text) || ipv6(text),
  cidr: (text) => {
    const [, address, bits] = /^(.*)\/(0|[1-9]\d{0,2})$/.exec(text) || [, ""];
    return ipv4(address) && bits < 33 || ipv6(address) && bits < 129;
  },
};
const forbidden = /[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\u{100000}-\u{10ffff}\p{Cs}\p{NChar}]/u;
// The table of a pattern, walked: see src/input/variable/pattern.
const matches = ({ bounds, columns, width, next, accept }, text) => {
  let state = 0;
  for (const c of text) {
    const column = columns[bounds.filter((bound) => bound <= c.codePointAt(0)).length];
    state = column < 0 ? -1 : next[state * width + column];
    if (state < 0) return false;
  }
  return accept.includes(state);
};
// What is wrong with `text` for `variable`, by the name of the text that says it; nothing when it is legal.
function validate(variable, text) {
  if ([...text].length > 2048) return "long";
  const { type, min, max, pattern } = variable, rule = rules[type], fits = !rule || rule(text, variable);
  if (!text && !(type === "string" ? variable.default === "" : type === "choice" && fits)) return "empty";
  if (forbidden.test(text)) return "unseen";
  return !fits ? type : text < min ? "min" : text > max ? "max" : pattern && !matches(pattern, text) ? "pattern" : "";
}

// Texts with values: `https:/…/{domain|regex}`, `{{` and `}}` for braces; in pieces, a text or [name, …filters].

const templates = new Map();
function pieces(template) {
  if (!templates.has(template)) {
    const cut = template.split(/(\{\{|\}\}|\{[^{}]*\})/);
    templates.set(template, cut.map((piece, i) => i % 2 === 0 ? piece : piece[1] === piece[0] ? piece[0] : piece.slice(1, -1).split("|").map((word) => word.trim())));
  }
  return templates.get(template);
}
const uses = (template) => pieces(template).filter(Array.isArray).map((piece) => piece[0]);
// The declared variables behind a name.
const leaves = (name) => variables.has(name) ? [name] : computed.has(name) ? uses(computed.get(name)).flatMap(leaves) : [];
const isSet = (name, values) => leaves(name).some((leaf) => values.has(leaf));
// The template with `values` in it; null when one is not to be had (the digest of a secret that is not the reader's).
function expand(template, values) {
  let text = "";
  for (const piece of pieces(template)) {
    const part = Array.isArray(piece) ? valueOf(piece[0], piece.slice(1), values) : piece;
    if (part === null) return null;
    text += part;
  }
  return text;
}
function valueOf(name, filters, values) {
  const variable = variables.get(name);
  if (filters[0] === "pbkdf2-sha512") return values.has(name) ? core.digest(values.get(name), values === active) : null;
  let text = variable ? values.get(name) ?? variable.default : computed.has(name) ? expand(computed.get(name), values) : null;
  text = variable?.text?.[text] ?? text;
  for (const filter of filters) if (text !== null && formats[filter]) text = formats[filter](text);
  return text;
}

// What the browser keeps: {version, values, former}, both by name, those of a guide behind its address. Secrets are kept by
// this page alone, and so is everything where the browser keeps nothing.

const storage = "guidegen:" + data.id;
const key = (name) => Object.hasOwn(local.variables, name) ? local.address + "#" + name : name;
const texts = (map) => new Map(map && typeof map === "object" ? Object.entries(map).filter((entry) => typeof entry[1] === "string") : []);
const secrets = new Map(), active = new Map(), illegal = new Map();
const state = { values: new Map(), former: null };
function read() {
  let all = null;
  try { all = parsed(localStorage.getItem(storage)); } catch (_) { return; } // blocked: what this page knows stays
  const ours = all && all.version === 1 ? all : {};
  state.values = texts(ours.values);
  state.former = ours.former ? texts(ours.former) : null;
}
function choose() {
  active.clear();
  illegal.clear();
  for (const [name, variable] of variables) {
    const text = variable.type === "secret" ? secrets.get(name) : state.values.get(key(name));
    if (text === undefined) continue;
    const wrong = validate(variable, text);
    (wrong ? illegal : active).set(name, wrong || text);
  }
}

// The page.

const spans = new Map(), attributes = new Map();
const isAddress = /^(href|src|action|formaction|poster|cite|data|background|ping|xlink:href)$/;
const isCode = /^(on.*|style|srcdoc|.*srcset|http-equiv)$/;
// A template with the computed values in it written out.
const whole = (template) => template.replace(/\{([\w-]+)\}/g, (all, name) => computed.has(name) ? whole(computed.get(name)) : all);
// Whether a link may lead to `text`: to http, https or mail, to a host that can be one, and to the host that the template says;
// one that begins with neither a host nor a value says this site's.
function isSafe(text, template) {
  template = whole(template);
  const fixed = /^\s*([^/:]*:)?\/\/([^/?#]*)/.exec(template);
  if (fixed && /[/?#@\\]/.test(expand(fixed[2], active))) return false;
  try {
    const url = new URL(text, location.href);
    if (url.protocol === "mailto:") return true;
    if (/^https?:$/.test(url.protocol)) return !url.username && !url.password && isHost(url.hostname) && (fixed || template.trim()[0] === "{" || url.origin === location.origin);
    return url.protocol === "file:" && location.protocol === "file:" && !url.host && !/^\s*file:/i.test(text);
  } catch (_) { return false; }
}
// The reader's value as it is written in a place; null where the fallback stays.
function inPlace(name, format, context) {
  const text = isSet(name, active) ? valueOf(name, [format], active) : null;
  return text !== null && contexts[context] ? contexts[context](text) : text;
}
function fill(span, entry) {
  const { sitevar: name, sitevarFormat: format, sitevarContext: context } = span.dataset, text = inPlace(name, format, context);
  span.toggleAttribute("data-sitevar-set", text !== null);
  entry.written = text ?? entry.fallback;
  if (span.textContent !== entry.written) span.textContent = entry.written;
}
function fillAttributes(element, entries) {
  for (const { name, template, fallback } of entries) {
    let text = uses(template).some((used) => isSet(used, active)) ? expand(template, active) : null;
    if (text !== null && isAddress.test(name) && !isSafe(text, template)) text = null;
    text ??= fallback;
    if (element.getAttribute(name) === text) continue;
    text === null ? element.removeAttribute(name) : element.setAttribute(name, text);
  }
}
function take(element) {
  const name = element.dataset && element.dataset.sitevar;
  if (name) {
    if (spans.has(element) || element.dataset.sitevarUnknown === "" || !leaves(name).length) return;
    spans.set(element, { fallback: element.textContent, written: null });
    fill(element, spans.get(element));
  } else if (!attributes.has(element)) {
    const found = [];
    for (const { name: full, value: template } of element.attributes) {
      const attribute = full.startsWith("data-sitevar-") && full.slice(13);
      if (attribute === "open") element.hidden = false;
      else if (attribute && !isCode.test(attribute)) found.push({ name: attribute, template, fallback: element.getAttribute(attribute) });
    }
    if (found.length) {
      attributes.set(element, found);
      fillAttributes(element, found);
    }
  }
}
// The parser may stop in the middle of a fallback, which then grows behind the value that stands in its place.
function grown(span) {
  const entry = spans.get(span), now = span.textContent;
  if (!entry || now === entry.written) return;
  if (now.startsWith(entry.written)) entry.fallback += now.slice(entry.written.length);
  fill(span, entry);
}
const watched = (records) => {
  for (const { addedNodes, target } of records) {
    for (const node of addedNodes) if (node.nodeType === 1) take(node);
    grown(target.nodeType === 3 ? target.parentNode : target);
  }
};
function paint() {
  spans.forEach((entry, span) => fill(span, entry));
  attributes.forEach((entries, element) => fillAttributes(element, entries));
}
// Chooses again and fills in what changed.
function show() {
  choose();
  paint();
  core.refresh();
}

// What the dialog builds on, and the places of what it brings along. A secret is set by the dialog alone, so its digest is
// not asked for before.
const core = script.core = {
  data, parsed, local, variables, computed, bytes, base64, validate, leaves, valueOf, storage, key, texts, secrets, active, illegal,
  state, show, spans, inPlace, take,
  open(name) { core.wanted = [name]; },
  refresh() {},
  digest: null,
};

read();
choose();
const observer = new MutationObserver(watched);
observer.observe(document, { childList: true, subtree: true, characterData: true });
document.addEventListener("DOMContentLoaded", () => {
  watched(observer.takeRecords());
  observer.disconnect();
});
const again = () => { read(); show(); };
addEventListener("storage", (event) => { if (event.key === storage || event.key === null) again(); });
// What is printed is for everybody: it carries fallbacks.
addEventListener("beforeprint", () => {
  active.clear();
  paint();
});
addEventListener("afterprint", show);
// A page that comes back out of the browser's cache has heard of nothing.
addEventListener("pageshow", (event) => { if (event.persisted) again(); });
// Before the dialog is there, a click is kept for it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sitevar-open]"), span = event.target.closest("[data-sitevar]");
  if (button) core.open();
  else if (span && spans.has(span) && !span.closest("a, button, summary, label") && !String(getSelection())) core.open(span.dataset.sitevar);
});
