// Panels of which one is shown, with the keys that people expect of tabs.

import { at, make } from "./dom.js";

/** Tabs for the panels of these ids; `changed` is called when another one is shown. */
export function tabs(host, ids, changed) {
  const made = ids.map((id) => make("button", {
    type: "button", role: "tab", id: `tab-${id}`, "aria-controls": id, onclick: () => show(id), onkeydown: (event) => step(event, id),
  }, id[0].toUpperCase() + id.slice(1)));
  host.replaceChildren(make("div", { role: "tablist", "aria-label": "What to look at", class: "tabs" }, ...made));

  function show(id) {
    made.forEach((tab, index) => {
      const chosen = ids[index] === id;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      at(ids[index]).hidden = !chosen;
    });
    changed(id);
  }

  function step(event, id) {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    const next = made[(ids.indexOf(id) + way + ids.length) % ids.length];
    next.focus();
    next.click();
  }

  made.forEach((tab, index) => {
    tab.setAttribute("aria-selected", String(index === 0));
    tab.tabIndex = index === 0 ? 0 : -1;
  });
}
