// The clock that the chosen organizations live by.

import { ask } from "./api.js";
import { at, button, field, flip, make } from "./dom.js";
import { tell, trying } from "./tell.js";

const STEPS = [["+1 min", 60], ["+1 h", 3600], ["+1 day", 86400]];

/** Shows the clock of `page`, and moves it. */
export function clockPanel(page) {
  const now = make("output", { class: "now", "aria-live": "off", "aria-label": "The sandbox's time" });
  const frozen = flip("Frozen", false, (on) => set({ frozen: on }));
  const moment = field("Set to", { placeholder: "2026-01-17T08:00:00Z", class: "mono" });
  const form = make("form", { class: "line", onsubmit: (event) => {
    event.preventDefault();
    set({ now: moment.input.value.trim(), frozen: true });
  } }, moment.element, make("button", {}, "Set"));
  at("clock").replaceChildren(make("h3", { id: "clock-heading" }, "Clock (UTC)"), now, frozen.element,
    make("div", { class: "actions" }, ...STEPS.map(([label, seconds]) => button(label, () => advance(seconds)))), form);

  const show = (clock) => {
    now.textContent = clock.now.slice(0, 19).replace("T", " ");
    frozen.set(clock.frozen);
  };
  const set = (body) => trying(async () => {
    show(await ask("PUT", "/clock", { query: page.concerning(), body }));
    tell(body.frozen ? "The clock stands still." : "The clock runs.");
  });
  const advance = (seconds) => trying(async () => {
    show(await ask("POST", "/clock/advance", { query: page.concerning(), body: { seconds } }));
  });
  return { load: async () => show(await ask("GET", "/clock", { query: page.concerning() })) };
}
