// The open points: what the documents do not say, what would fit them, and what the sandbox does.

import { make, prose } from "./dom.js";
import { shown } from "./text.js";

/** The section about the open points of a register. */
export function openPoints({ open_points: points }) {
  return make("section", { id: "open_points", class: "points", "aria-labelledby": "points-heading" },
    make("h2", { id: "points-heading" }, `Open points (${points.length})`),
    make("p", {}, "What the documents do not say, or say in two ways. A client should be ready for every reading that fits."),
    make("ul", { class: "register" }, ...points.map(entry)));
}

function entry(point) {
  const facts = { "What fits": point.accepts.map(shown).join("; "), "The sandbox": shown(point.sandbox) };
  if (point.setting) facts.Setting = `${point.setting}: ${point.values.map(shown).join(" or ")}`;
  return make("li", { id: point.id }, make("a", { href: `#${point.id}` }, make("code", {}, point.id)), make("div", {}, ...prose(point.text),
    make("dl", { class: "facts" }, ...Object.entries(facts).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]))));
}
