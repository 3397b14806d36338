// What the open points leave open, as switches.

import { ask } from "./api.js";
import { at, choice, flip, make } from "./dom.js";
import { tell, trying } from "./tell.js";
import { shown } from "./text.js";

/** Shows the settings of `page`, and changes them. */
export function settingsPanel(page) {
  const host = at("settings");
  let drawn = null;
  let setters = new Map();

  function draw() {
    const apis = page.chosen() ? [page.chosen().api] : Object.keys(page.info.settings);
    setters = new Map();
    const groups = apis.map((api) => make("details", { open: apis.length === 1 },
      make("summary", {}, apis.length === 1 ? "What the documents leave open" : api),
      ...Object.entries(page.info.settings[api]).map(([name, each]) => control(api, name, each))));
    host.replaceChildren(make("h3", { id: "settings-heading" }, "Settings"), ...groups);
    drawn = page.selected;
  }

  function control(api, name, { values, open_points: points }) {
    const label = name.replaceAll("_", " ");
    const about = points.map((id) => page.points.get(`${api}/${id}`)?.text).filter(Boolean).join(" ");
    if (values.every((each) => typeof each === "boolean")) {
      const made = flip(label, false, (on) => change(api, name, on), about);
      setters.set(`${api}/${name}`, made.set);
      return made.element;
    }
    const made = choice(label, values.map((each, index) => [String(index), shown(each)]), "0",
      (index) => change(api, name, values[Number(index)]), about);
    setters.set(`${api}/${name}`, (value) => {
      made.select.value = String(values.indexOf(value));
    });
    return made.element;
  }

  async function change(api, name, value) {
    await trying(async () => {
      await ask("PATCH", "/settings", { query: page.concerning(), body: { [api]: { [name]: value } } });
      tell(`${api}: ${name.replaceAll("_", " ")} is ${shown(value)}.`);
    });
    await trying(load);
  }

  async function load() {
    if (drawn !== page.selected) draw();
    const settings = await ask("GET", "/settings", { query: page.concerning() });
    for (const [api, values] of Object.entries(settings)) {
      for (const [name, value] of Object.entries(values)) setters.get(`${api}/${name}`)?.(value);
    }
  }

  return { load };
}
