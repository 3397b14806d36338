// Forgetting the chosen organization, or everything.

import { ask } from "./api.js";
import { confirmed } from "./dialogs.js";
import { at, button, make } from "./dom.js";
import { named } from "./organizations.js";
import { tell, trying } from "./tell.js";

/** Offers to reset what `page` shows. */
export function resetPanel(page) {
  const press = button("", () => trying(reset), { class: "danger" });
  at("reset").replaceChildren(make("h3", { id: "reset-heading" }, "Reset"),
    make("p", { class: "hint" }, "Forgets leads, journal, faults, scenarios, clock and settings. Snapshots and coverage stay."), press);

  async function reset() {
    const what = page.chosen() ? named(page.chosen()) : "every organization";
    if (!(await confirmed(`Forget all about ${what}?`, "Forget"))) return;
    await ask("POST", "/reset", { query: page.concerning(), body: {} });
    tell(`Forgotten: ${what}.`);
    await page.begin();
  }

  return { load: () => {
    press.textContent = page.selected ? "Reset this organization" : "Reset everything";
  } };
}
