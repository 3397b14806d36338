// What the next answers are to suffer: a switch for each kind of fault, and the faults that wait.

import { ask } from "./api.js";
import { at, button, choice, field, flip, make, unique } from "./dom.js";
import { tell, trying } from "./tell.js";
import { counted, visible } from "./text.js";

/** Shows the faults that wait for calls of `page`, and arms them. */
export function faultsPanel(page) {
  const host = at("faults");
  const calls = field("Calls it spoils", { type: "number", min: "1", max: "1000000", value: "1", placeholder: "until removed" });
  const waiting = make("ul", { class: "waiting" });
  let operations = null;
  let switches = [];
  let drawn = null; // for which organization the panel is, or will be once `drawing` has ended
  let drawing = null;
  let faults = [];

  async function draw(possible, selected) {
    const apis = page.chosen() ? [page.chosen().api] : Object.keys(page.info.apis);
    const contracts = await Promise.all(apis.map((api) => page.contract(api)));
    if (selected !== page.selected) return;
    const choices = apis.flatMap((api, index) => [[`${api}/`, `${api}, every operation`],
      ...named(contracts[index]).map((name) => [`${api}/${name}`, `${api}, ${name}`])]);
    operations = choice("Operation", choices, choices[0][0], show);
    switches = Object.entries(possible).map(([name, told]) => kind(name, told));
    host.replaceChildren(make("h3", { id: "faults-heading" }, "Faults"),
      make("p", { class: "hint" }, "Spoil the next answers on purpose, and see what your client does."),
      operations.element, calls.element,
      ...switches.map((each) => each.element),
      make("details", {}, make("summary", {}, "What they do"), make("dl", { class: "facts hint" }, ...switches.flatMap((each) => each.told))),
      make("h4", {}, "Switched on"), waiting);
  }

  function kind(name, told) {
    const [examples, ...rest] = told.split(": ");
    const values = examples.split(", ").map((each) => each.split("=")[1]);
    const label = name.replaceAll("_", " ");
    const value = values.length > 1 ? choice(`${label}, which`, values.map((each) => [each, each]), values[0], () => {}).select
      : values[0] && field(`${label}, which`, { value: values[0], class: "mono" }).input;
    value?.removeAttribute("id");
    value?.setAttribute("aria-label", `${label}, which`);
    const id = unique();
    const made = flip(label, false, (on) => trying(() => (on ? arm(name, value?.value) : disarm(name))));
    made.button.setAttribute("aria-describedby", id);
    if (value) made.button.before(value);
    return { name, ...made, told: [make("dt", {}, label), make("dd", { id }, rest.join(": "))] };
  }

  async function arm(name, value) {
    const [api, operation] = operations.select.value.split("/");
    const body = { api, fault: value ? `${name}=${value}` : name };
    if (operation) body.operation = operation;
    if (calls.input.value) body.times = Number(calls.input.value);
    const { fault } = await ask("POST", "/faults", { query: page.concerning(), body });
    await load();
    const span = fault.left === null ? "Every call" : fault.left === 1 ? "The next call" : `The next ${fault.left} calls`;
    tell(`${span} of ${operation || `any operation of ${api}`} suffers ${fault.fault}.`);
  }

  async function disarm(name) {
    for (const each of faults.filter((one) => isMeant(one, name))) await ask("DELETE", "/faults", { query: { id: each.id } });
    await load();
  }

  /** Whether a waiting fault is what the switch of this name stands for, for the chosen operation. */
  function isMeant(fault, name) {
    return `${fault.api}/${fault.operation}` === operations.select.value && fault.organization === page.selected
      && fault.fault.split("=")[0] === name;
  }

  function show() {
    for (const each of switches) each.set(faults.some((one) => isMeant(one, each.name)));
    const focused = waiting.contains(document.activeElement);
    waiting.replaceChildren(...(faults.length ? faults.map(entry) : [make("li", { class: "hint" }, "No fault is switched on.")]));
    if (focused) waiting.querySelector("button")?.focus();
  }

  function entry(fault) {
    const left = fault.left === null ? "until removed" : counted(fault.left, "call");
    const whose = fault.organization || page.selected === "" ? "" : ", every organization";
    return make("li", {}, make("code", {}, visible(fault.fault)), ` ${fault.operation || `any of ${fault.api}`}, ${left}${whose} `,
      button("Remove", () => trying(async () => {
        await ask("DELETE", "/faults", { query: { id: fault.id } });
        await load();
      }), { "aria-label": `Remove ${fault.fault}` }));
  }

  async function load() {
    const answer = await ask("GET", "/faults");
    if (drawn !== page.selected) {
      drawn = page.selected;
      drawing = draw(answer.possible, drawn);
      drawing.catch(() => { drawn = null; });
    }
    await drawing;
    if (drawn !== page.selected) return; // another one was chosen meanwhile
    const api = page.chosen()?.api;
    const now = answer.faults.filter((each) => (api === undefined || each.api === api)
      && (page.selected === "" || [page.selected, ""].includes(each.organization)));
    if (JSON.stringify(now) === JSON.stringify(faults) && waiting.children.length) return;
    faults = now;
    show();
  }

  return { load };
}

function named(contract) {
  return Object.values(contract.paths).flatMap((item) => Object.values(item).map((each) => each.operationId).filter(Boolean));
}
