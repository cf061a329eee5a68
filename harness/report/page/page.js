"use strict";
// Comfort only: everything on the page can be read without this script.
(() => {
  const copy = (pre) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
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
    const box = document.createElement("div");
    box.className = "copy";
    pre.replaceWith(box);
    box.append(pre, button);
  };
  document.querySelectorAll("pre.command").forEach(copy);

  const folds = document.querySelectorAll("details");
  const reveal = () => {
    const place = location.hash && document.getElementById(location.hash.slice(1));
    for (let at = place && (place.querySelector("details") || place); at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
  };
  addEventListener("hashchange", reveal);
  reveal();

  const all = document.createElement("button");
  all.type = "button";
  all.textContent = "Open everything";
  all.addEventListener("click", () => {
    const open = all.textContent === "Open everything";
    folds.forEach((one) => { one.open = open; });
    all.textContent = open ? "Close everything" : "Open everything";
  });
  document.querySelector("nav").append(all);

  let before = [];
  addEventListener("beforeprint", () => {
    before = [...folds].filter((one) => !one.open);
    before.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => before.forEach((one) => { one.open = false; }));
})();
