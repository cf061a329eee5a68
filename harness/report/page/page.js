"use strict";
// Comfort only: everything on the page can be read without this script. Text of the page is only ever read, never made.
(() => {
  const make = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Commands can be copied.
  const copy = (pre) => {
    const button = make("button", { type: "button", textContent: "Copy" });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(pre);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    const box = make("div", { className: "copy" });
    pre.replaceWith(box);
    box.append(pre, button);
  };
  all("pre.command").forEach(copy);

  // What can be searched and filtered: each with its words (read when first asked for) and what it is.
  const cards = all(".finding");
  const groups = all(".cases tbody");
  const rows = groups.flatMap((group) => [...group.rows].slice(1));
  rows.forEach((row) => {
    const { prefix } = row.parentElement.dataset;
    const name = row.cells[0].textContent;
    row.id ||= `case-${name.startsWith(prefix) ? "" : prefix}${name}`;
  });
  const plain = all("#load article");
  const matrix = all("#coverage div[data-family] .matrix tbody tr");
  const words = new Map();
  const text = (item, around) => {
    if (!words.has(item)) words.set(item, `${item.id} ${around ? around.rows[0].textContent : ""} ${item.textContent}`.toLowerCase());
    return words.get(item);
  };
  const family = (item) => item.closest("[data-family]")?.dataset.family ?? "";
  const verdict = (row) => row.cells[3].className || "pass";

  const bar = make("div", { className: "tools" });
  bar.setAttribute("role", "search");
  bar.setAttribute("aria-label", "Search and filter");
  const search = make("input", { type: "search", placeholder: "Search findings and cases: /", id: "search" });
  search.setAttribute("aria-label", "Search findings and cases");
  const choice = (name, options) => {
    const select = make("select", { name }, make("option", { value: "", textContent: name }),
      ...options.map((option) => make("option", { value: option, textContent: option })));
    select.setAttribute("aria-label", `Only this ${name}`);
    return select;
  };
  const of = (key) => [...new Set(all(`[data-${key}]`).flatMap((item) => item.dataset[key].split(" ")))].filter(Boolean);
  const filters = {
    verdict: choice("verdict", ["fail", "unknown", "pass", "excused", "advice"]),
    severity: choice("severity", ["critical", "major", "minor", "note"].filter((one) => cards.some((card) => card.dataset.severity === one))),
    family: choice("family", of("family")),
    operation: choice("operation", of("operation")),
  };
  const said = make("output");
  said.setAttribute("for", "search");
  const opener = make("button", { type: "button", textContent: "Open all" });
  const asker = make("button", { type: "button", textContent: "?" });
  asker.setAttribute("aria-label", "Keys");
  bar.append(search, ...Object.values(filters), said, opener, asker);
  document.querySelector("header").after(bar);

  const opened = new Set();
  const open = (item) => {
    for (let at = item.closest("details"); at; at = at.parentElement.closest("details")) {
      if (!at.open) { at.open = true; opened.add(at); }
    }
  };
  const asked = () => Object.fromEntries(Object.entries(filters).map(([name, select]) => [name, select.value]));
  const narrow = () => {
    const want = { text: search.value.trim().toLowerCase(), ...asked() };
    const any = Object.values(want).some(Boolean);
    const saying = (whole) => want.text.split(/\s+/).every((word) => whole.includes(word));
    const has = (list, one) => !one || list.split(" ").includes(one);
    const show = (item, wanted) => { item.hidden = !wanted; return wanted; };
    const found = cards.filter((card) => show(card, has(card.dataset.verdict, want.verdict) &&
      has(card.dataset.severity, want.severity) && has(card.dataset.family, want.family) &&
      has(card.dataset.operation, want.operation) && saying(text(card))));
    let shown = 0;
    for (const group of groups) {
      const fits = has(family(group), want.family) && has(group.dataset.operation, want.operation);
      let here = 0;
      for (const row of [...group.rows].slice(1)) {
        here += show(row, fits && has(verdict(row), want.verdict) && saying(text(row, group)));
      }
      shown += here;
      group.hidden = !here;
    }
    matrix.forEach((row) => show(row, has(family(row), want.family) && has(row.dataset.verdict, want.verdict) && saying(text(row))));
    all("#coverage div[data-family]").forEach((one) => show(one, has(one.dataset.family, want.family)));
    plain.forEach((one) => show(one, has("load", want.family) && has(one.dataset.operation, want.operation)));
    opened.forEach((one) => { one.open = false; });
    opened.clear();
    if (any && shown && shown <= 200) groups.filter((group) => !group.hidden).forEach(open);
    said.textContent = any
      ? `${found.length} of ${cards.length} causes and ${shown} of ${rows.length} cases fit`
      : `${cards.length} causes, ${rows.length} cases`;
  };
  const clear = () => {
    search.value = "";
    Object.values(filters).forEach((select) => { select.value = ""; });
    narrow();
  };
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(narrow, 120); });
  Object.values(filters).forEach((select) => select.addEventListener("change", narrow));
  narrow();

  // A link to a finding or a case leads there, whatever is folded or filtered.
  const reveal = () => {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* as it is */ }
    const place = name && document.getElementById(name);
    if (!place) return;
    if (place.hidden || place.closest("[hidden]")) clear();
    all(".here").forEach((one) => one.classList.remove("here"));
    place.classList.add("here");
    for (let at = place.querySelector(":scope > details") ?? place; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    place.scrollIntoView({ behavior: "instant" });
  };
  addEventListener("hashchange", reveal);
  reveal();

  const folds = all("details");
  opener.addEventListener("click", () => {
    const wide = opener.textContent === "Open all";
    folds.forEach((one) => { one.open = wide; });
    opener.textContent = wide ? "Close all" : "Open all";
  });

  // Keys.
  const help = make("dialog", {}, make("h3", { textContent: "Keys" }), make("dl", {}, ...[
    ["/", "search"], ["j", "next finding"], ["k", "finding before"], ["Enter", "open or close it"],
    ["Esc", "clear the search and the filters"], ["?", "this help"],
  ].flatMap(([key, what]) => [make("dt", {}, make("kbd", { textContent: key })), make("dd", { textContent: what })])),
  make("form", { method: "dialog" }, make("button", { textContent: "Close" })));
  help.setAttribute("aria-label", "Keys");
  document.body.append(help);
  asker.addEventListener("click", () => help.showModal());
  const step = (by) => {
    const seen = cards.filter((card) => !card.hidden);
    if (!seen.length) return;
    const now = seen.findIndex((card) => card.contains(document.activeElement));
    const next = now < 0 ? (by > 0 ? 0 : seen.length - 1) : Math.min(Math.max(now + by, 0), seen.length - 1);
    (seen[next].querySelector("summary") ?? seen[next]).focus();
    seen[next].scrollIntoView();
  };
  const keys = {
    "/": () => { search.focus(); search.select(); },
    "j": () => step(1),
    "k": () => step(-1),
    "?": () => help.showModal(),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape") {
      clear();
      document.activeElement?.blur();
      return;
    }
    if (event.target.closest?.("input, select, textarea") || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // On paper everything is open.
  let before = [];
  addEventListener("beforeprint", () => {
    before = folds.filter((one) => !one.open);
    before.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => before.forEach((one) => { one.open = false; }));
})();
