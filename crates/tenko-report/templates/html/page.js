// What the reader does: filters, order, pages, copying, printing.

const number = new Intl.NumberFormat(data.lang);
const fill = (text, values) =>
  text.replace(/\{(\w+)\}/gu, (whole, name) => (name in values ? number.format(values[name]) : whole));

const form = document.getElementById("filters");
const count = document.getElementById("count");
const pages = document.getElementById("pages");
const field = (name) => document.getElementById(`f-${name}`);
const names = ["text", "severity", "kind", "status", "tenant", "rule"];

let rows = [];
let page = 0;
let order = { by: "rank", descending: false };

const draw = () => {
  const last = Math.max(0, Math.ceil(rows.length / size) - 1);
  page = Math.min(Math.max(page, 0), last);
  const from = page * size;
  const shown = rows.slice(from, from + size);
  show(shown);
  count.textContent =
    rows.length === 0
      ? words["html-none-match"]
      : fill(words["html-count"], { first: from + 1, last: from + shown.length, found: rows.length });
  pages.hidden = last === 0;
  document.getElementById("page").textContent = fill(words["html-page"], {
    page: page + 1,
    pages: last + 1,
  });
  for (const button of pages.querySelectorAll("button")) {
    const back = button.dataset.page === "first" || button.dataset.page === "back";
    // Not `disabled`: the focus would be lost with the button.
    button.setAttribute("aria-disabled", String(page === (back ? 0 : last)));
  }
};

const apply = () => {
  const wanted = Object.fromEntries(names.map((name) => [name, field(name).value]));
  rows = filtered(wanted);
  if (order.by !== "rank" || order.descending) sorted(rows, order.by, order.descending);
  page = 0;
  draw();
};

let waiting = 0;
const soon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(apply, 120);
};

const filter = (name, value) => {
  form.reset();
  // What is asked for may be suppressed, or gone.
  if (name !== "status") field("status").value = "open";
  field(name).value = value;
  // Nothing has it, so it is no choice: then nothing is found, instead of everything.
  if (field(name).value !== value) field("text").value = value;
  apply();
  document.getElementById("items-h").focus();
};

const headers = () => {
  for (const header of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      const by = header.dataset.sort;
      order = { by, descending: order.by === by && !order.descending };
      for (const other of table.querySelectorAll("th[data-sort]")) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
      apply();
    });
    if (header.dataset.sort === order.by) header.setAttribute("aria-sort", "ascending");
  }
};

const copy = async (button) => {
  const code = button.parentElement.querySelector("code");
  const usual = button.textContent;
  let said = words["html-copied"];
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    // Without a clipboard the text is selected: one key is left to press.
    getSelection().selectAllChildren(code);
    said = words["html-copy-failed"];
  }
  button.textContent = said;
  count.textContent = said;
  setTimeout(() => {
    button.textContent = usual;
  }, 2000);
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-filter]");
  if (link !== null && form !== null) {
    // The jump of the link itself would take the focus away again.
    event.preventDefault();
    filter(link.dataset.filter, link.dataset.value);
  }
  const button = event.target.closest("button[data-copy]");
  if (button !== null) copy(button);
});

// On paper there is nothing to open.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});

if (form !== null) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("change", apply);
  field("text").addEventListener("input", soon);
  pages.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button === null || button.getAttribute("aria-disabled") === "true") return;
    const to = { first: 0, back: page - 1, on: page + 1, last: Infinity };
    page = to[button.dataset.page];
    draw();
    table.scrollIntoView();
  });
  document.getElementById("rest")?.remove();
  form.hidden = false;
  headers();
  apply();
  // While nobody waits for it: the first letter of a search finds the index made.
  (globalThis.requestIdleCallback ?? setTimeout)(index);
}
