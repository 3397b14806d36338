// Requirements as a list: level, sentence, id and source.

import { make, prose } from "./dom.js";
import { visible } from "./text.js";

/** The list of these requirements. */
export function requirements(declared) {
  if (!declared.length) return make("p", { class: "hint" }, "None of its own.");
  return make("ul", { class: "register" }, ...declared.map((each) => make("li", { id: each.id },
    make("span", { class: `level ${each.level}` }, each.level),
    make("div", {}, ...prose(each.text), make("span", { class: "source" },
      make("a", { href: `#${encodeURIComponent(each.id)}` }, make("code", {}, each.id)), ` ${visible(each.source)}`),
    each.untested ? make("span", { class: "source" }, `No check tries it: ${visible(each.untested)}`) : null))));
}
