// One exchange, opened: why it was answered so, what it changed, what went over the wire.

import { ask } from "./api.js";
import { curl } from "./curl.js";
import { box, button, make, table } from "./dom.js";
import { copied } from "./tell.js";
import { counted, pretty, shown, status, visible } from "./text.js";

/** Fills `host` with everything that is known of an exchange; credentials only where the page shows them. */
export async function detail(page, exchange, host) {
  const [explained, whole] = await Promise.all([explanation(exchange), asShown(page, exchange)]);
  const line = curl(whole, { credentials: page.credentials });
  const code = make("pre", { class: "curl" }, visible(line));
  host.replaceChildren(
    make("h3", {}, "Why"), ...why(exchange, explained),
    ...changes(exchange),
    make("div", { class: "heading" }, make("h3", {}, "As curl"), button("Copy as curl", () => copied(line, code))),
    box("The call as a curl line", code),
    ...message("Request", whole.request), ...answer(whole.response),
    make("p", { class: "hint" }, `${visible(exchange.id)}, ${(exchange.seconds * 1000).toFixed(1)} ms`));
}

async function explanation(exchange) {
  try {
    return await ask("GET", `/explain/${encodeURIComponent(exchange.id)}`);
  } catch (error) {
    return { sentences: [error.message], requirements: [], open_points: [] };
  }
}

async function asShown(page, exchange) {
  if (!page.credentials) return exchange;
  const { exchanges } = await ask("GET", "/journal", { query: { exchange: exchange.id, credentials: "shown" } });
  return exchanges[0] ?? exchange;
}

function why(exchange, explained) {
  const said = explained.requirements.length + explained.open_points.length;
  const happened = explained.sentences.slice(0, explained.sentences.length - said);
  const items = [...explained.requirements.map((each) => requirement(exchange, each, explained.decided_by)),
    ...explained.open_points.map((each) => openPoint(exchange, each))];
  return [make("p", {}, visible(happened.join(" "))), items.length ? make("ul", { class: "reasons" }, ...items)
    : make("p", { class: "hint" }, "No documented requirement or open point is known to have decided this answer.")];
}

function requirement(exchange, { id, level, text, source }, deciding) {
  const link = make("a", { href: `/docs/${exchange.api}#${encodeURIComponent(id)}` }, id.split("/").slice(1).join("/"));
  const decided = id === deciding ? make("span", { class: "level decides" }, "decided") : null;
  return make("li", {}, make("span", { class: `level ${level}` }, level), " ", decided, decided && " ", text, " ",
    make("span", { class: "source" }, link, ` ${source}`));
}

function openPoint(exchange, { id, text, reading, setting }) {
  const link = make("a", { href: `/docs/${exchange.api}#${encodeURIComponent(id)}` }, id);
  return make("li", {}, make("span", { class: "level open" }, "open"), ` ${text} Here: ${shown(reading)}. `,
    make("span", { class: "source" }, link, setting ? ` setting ${setting}` : ""));
}

function changes(exchange) {
  const rows = Object.entries(exchange.changes).flatMap(([lead, fields]) => Object.entries(fields).map(
    ([name, [before, after]]) => [code(lead), code(name), code(shown(before)), code(shown(after))]));
  if (!rows.length) return [];
  return [make("h3", {}, `Changed ${counted(rows.length, "field")}`), table("What the call changed", ["Lead", "Field", "Before", "After"], rows)];
}

function code(text) {
  return make("code", { dir: "auto" }, visible(text));
}

function message(heading, { headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${visible(value)}`).join("\n");
  return [make("h3", {}, heading), box(`${heading}, headers`, make("pre", { class: "headers" }, lines)),
    body ? box(`${heading}, body`, make("pre", {}, pretty(body))) : make("p", { class: "hint" }, bodiless(headers))];
}

/** The answer, as much of it as was sent. */
function answer(response) {
  if (!response.status) return [make("h3", {}, "Response"), make("p", { class: "hint" }, `None: ${response.cut}.`)];
  const cut = response.cut ? [make("p", { class: "hint" }, `Not all of it: ${response.cut}.`)] : [];
  return [...message(`Response ${status(response)}`, response), ...cut];
}

/** Why a message shows no body: a call that is refused for its key, or spoilt, is refused before its body is read. */
function bodiless(headers) {
  return Number(headers["content-length"] ?? 0) ? "The call was refused before its body was read." : "No body.";
}
