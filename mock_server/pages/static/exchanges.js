// The exchanges as they happen, newest first.

import { ask } from "./api.js";
import { at, box, button, field, flip, make, unique } from "./dom.js";
import { detail } from "./exchange.js";
import { announce, download, tell, trying } from "./tell.js";
import { status, visible } from "./text.js";

const MOST = 200;

const FIRST_CALL = `curl -sS ${location.origin}/v1/leads -H 'Content-Type: application/json' -d '{"email": "john@example.com"}'`;

/** Shows the exchanges of `page`; `add` takes one as it happens, `load` begins anew from the journal. */
export function exchangesPanel(page) {
  const list = make("ol", { class: "exchanges", "aria-label": "Exchanges, newest first" });
  const empty = make("div", { class: "empty" });
  const filter = field("Filter", { type: "search", placeholder: "path, operation, status, fault, requirement", oninput: () => sift() });
  let paused = false;
  const pause = flip("Pause", false, (on) => {
    paused = on;
    pause.set(on);
    if (!on) trying(load);
  });
  at("exchanges").replaceChildren(
    make("div", { class: "bar" }, filter.element, pause.element,
      button("Save as HAR", () => trying(() => save(page))), button("Clear", () => trying(clear))),
    empty, list);

  function sift() {
    const wanted = filter.input.value.toLowerCase();
    for (const item of list.children) item.hidden = !item.dataset.text.includes(wanted);
  }

  async function load() {
    const asked = page.selected;
    const before = new Set(list.children);
    const { exchanges } = await ask("GET", "/journal", { query: { ...page.concerning(), limit: MOST } });
    if (asked !== page.selected) return;
    const told = new Set(exchanges.map((each) => each.id));
    const late = [...list.children].filter((each) => !before.has(each) && !told.has(each.dataset.exchange)); // happened meanwhile
    const shown = new Map([...list.children].map((each) => [each.dataset.exchange, each]));
    const same = (each) => shown.get(each.id)?.dataset.at === each.at;
    list.replaceChildren(...late, ...exchanges.toReversed().map((each) => (same(each) ? shown.get(each.id) : item(page, each))));
    settle();
  }

  async function clear() {
    await ask("DELETE", "/journal", { query: page.concerning() });
    await load();
    tell("The journal is empty; what it covered stays known.");
  }

  function add(exchange) {
    if (paused || !page.concerns(exchange.id)) return;
    if (list.querySelector(`[data-exchange="${CSS.escape(exchange.id)}"]`)) {
      trying(load); // The ids began anew: it is another sandbox.
      return;
    }
    list.prepend(item(page, exchange));
    settle();
    announce(exchange);
  }

  function settle() {
    if (!empty.firstChild) empty.replaceChildren(...welcome(page));
    while (list.children.length > MOST) list.lastElementChild.remove();
    empty.hidden = list.children.length > 0;
    sift();
  }

  return { load, add };
}

/** Where a client finds each API, for a sandbox that none has found yet. */
function welcome(page) {
  const addresses = Object.entries(page.info.apis).flatMap(([api, { base_path: base }]) => [
    make("dt", {}, make("a", { href: `/docs/${api}` }, api)), make("dd", {}, make("code", {}, location.origin + base))]);
  return [make("p", {}, "No call yet. Point a client at one of these addresses; its calls appear here as they happen."),
    make("dl", { class: "facts" }, ...addresses),
    make("p", {}, "Any well-formed key opens an empty organization of its own; Aura also answers without one. For a first call, paste this:"),
    box("A first call as a curl line", make("pre", {}, FIRST_CALL))];
}

async function save(page) {
  const query = { ...page.concerning(), root: location.origin, ...(page.credentials ? { credentials: "shown" } : {}) };
  download("sandbox.har", await ask("GET", "/journal", { query, accept: "application/har+json" }));
}

function item(page, exchange) {
  const { request, response } = exchange;
  const why = reason(page, exchange);
  const opened = make("div", { class: "detail", id: unique(), hidden: true });
  const head = make("button", {
    type: "button", class: "row", "aria-expanded": "false", "aria-controls": opened.id,
    onclick: () => toggle(page, exchange, head, opened),
  },
  make("time", { datetime: exchange.at }, exchange.at.slice(11, 19)),
  make("span", { class: "method" }, visible(request.method.slice(0, 20))),
  make("bdi", { class: "target" }, visible(request.target.slice(0, 500))),
  exchange.fault ? make("span", { class: "tag bad" }, "fault") : null,
  make("span", { class: `status s${Math.floor(response.status / 100)}` }, status(response)),
  make("span", { class: "operation" }, exchange.operation || "no operation"),
  why ? make("bdi", { class: "why" }, visible(why.slice(0, 300))) : null);
  const words = [request.method, request.target, exchange.operation, status(response), exchange.fault, ...exchange.requirements];
  return make("li", {
    "data-exchange": exchange.id, "data-at": exchange.at, "data-text": words.join(" ").toLowerCase().slice(0, 2000),
  }, head, opened);
}

/** The sentence that decided, else what else is known; of an answer that nothing decided, what it shows. */
function reason(page, { decided_by: decided, requirements, refusal, fault, response }) {
  if (fault) return `Spoilt on purpose: ${fault}${response.cut && `; ${response.cut}`}`;
  return page.requirements.get(decided)?.text || refusal || page.requirements.get(requirements[0])?.text;
}

function toggle(page, exchange, head, opened) {
  const open = head.getAttribute("aria-expanded") !== "true";
  head.setAttribute("aria-expanded", String(open));
  opened.hidden = !open;
  if (open) trying(() => detail(page, exchange, opened));
}
