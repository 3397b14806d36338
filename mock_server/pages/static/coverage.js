// Which documented behaviours the calls have met, an operation a bar, and the sentences of those they never met.

import { ask } from "./api.js";
import { at, make } from "./dom.js";
import { counted, shown } from "./text.js";

/** Shows the coverage of `page`. */
export function coveragePanel(page) {
  const host = at("coverage");
  const open = new Set();
  let before = "";

  /** Looks only where somebody sees it, and once beforehand. */
  async function load() {
    if (before && host.hidden) return;
    const asked = page.selected;
    const chosen = page.chosen();
    const answer = await ask("GET", "/coverage", { query: { ...page.concerning(), ...(chosen ? { api: chosen.api } : {}) } });
    const now = asked + JSON.stringify(answer);
    if (asked !== page.selected || now === before) return;
    before = now;
    const sections = Object.entries(answer.apis).flatMap(([api, each]) => section(api, each, open));
    host.replaceChildren(...(sections.length ? sections : [make("p", { class: "empty" }, "Nothing is covered before the first call.")]));
  }

  return { load };
}

function section(api, { behaviours }, open) {
  const groups = Map.groupBy(behaviours, (each) => each.operation);
  const met = behaviours.filter((each) => each.times).length;
  const bars = [...groups].map(([operation, group]) => bar(api, operation, group, open));
  return [make("h3", {}, `${api}: ${met} of ${counted(behaviours.length, "documented behaviour")} met`), ...bars];
}

function bar(api, operation, group, open) {
  const met = group.filter((each) => each.times);
  const name = { "": "open points", every_operation: "every operation" }[operation] ?? operation;
  const key = `${api}/${operation}`;
  const missing = group.filter((each) => !each.times);
  return make("details", { class: "covered", open: open.has(key),
    ontoggle: (event) => (event.target.open ? open.add(key) : open.delete(key)) },
  make("summary", {}, make("span", { class: "name" }, name),
    make("progress", { max: group.length, value: met.length, "aria-label": `${name}: ${met.length} of ${group.length} met` }),
    make("span", { class: "figure" }, `${met.length} of ${group.length}`)),
  sentences("Never met", missing), sentences("Met", met));
}

function sentences(heading, behaviours) {
  if (!behaviours.length) return null;
  return make("div", {}, make("h4", {}, `${heading} (${behaviours.length})`), make("ul", { class: "reasons" }, ...behaviours.map(
    (each) => make("li", {}, each.kind === "requirement" ? null : make("span", { class: "level" }, each.kind), ` ${shown(each.text)} `,
      make("span", { class: "source" }, `${each.source}${each.times ? `; ${counted(each.times, "time")}, first ${each.example}` : ""}`)))));
}
