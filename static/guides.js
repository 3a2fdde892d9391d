// An index of guides: rows are filtered by name, level and tag, and sorted by column. theme.js loads it where there is one. The build
// puts it into a function of its own.

for (const index of document.querySelectorAll("[data-guides]")) {
  const words = index.dataset, table = index.querySelector("table"), body = table && table.tBodies[0];
  const bar = index.querySelector(".guides-filter"), input = bar && bar.querySelector("input");
  if (!input || index.hasAttribute("data-ready")) continue;
  index.setAttribute("data-ready", "");
  const rows = Array.from(body.rows), selects = {};
  const tags = (row) => (row.dataset.tags ? row.dataset.tags.split("\n") : []);

  const status = document.createElement("p");
  status.className = "guides-status";
  status.setAttribute("role", "status");
  bar.after(status);

  function choice(name, values) {
    const select = bar.querySelector("select[name=" + name + "]");
    if (!select) return;
    for (const [value, text] of [...values].sort((a, b) => a[1].localeCompare(b[1]))) select.append(new Option(text, value));
    select.addEventListener("change", filter);
    selects[name] = select;
  }

  function filter() {
    const wanted = input.value.trim().toLowerCase();
    const level = selects.level ? selects.level.value : "", tag = selects.tag ? selects.tag.value : "";
    let shown = 0;
    for (const row of rows) {
      row.hidden = !(row.textContent.toLowerCase().includes(wanted) && (!level || row.dataset.level === level) && (!tag || tags(row).includes(tag)));
      if (!row.hidden) shown += 1;
    }
    const isAll = shown === rows.length;
    status.textContent = isAll ? "" : words.count.replace("{shown}", shown).replace("{all}", rows.length);
  }

  const key = (row, column) => row.cells[column].dataset.sort || row.cells[column].textContent.trim();
  function sort(heading, column) {
    const isUp = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    const order = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
    // What is empty is last, whichever way.
    const sorted = rows.slice().sort((a, b) => {
      const x = key(a, column), y = key(b, column);
      return !x || !y ? Number(!x) - Number(!y) : order.compare(x, y) * (isUp ? 1 : -1);
    });
    body.append(...sorted);
  }

  const levels = new Map(), known = new Map();
  for (const row of rows) {
    const badge = row.querySelector(".badge");
    if (row.dataset.level) levels.set(row.dataset.level, badge ? badge.textContent : row.dataset.level);
    for (const tag of tags(row)) known.set(tag, tag);
  }
  choice("level", levels);
  choice("tag", known);
  input.addEventListener("input", filter);
  Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "guides-sort";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(heading, column));
    heading.append(button);
  });
  // What was typed before the script was there, or before the reader came back.
  if (input.value) filter();
}
