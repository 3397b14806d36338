// A rendered contract with its register: what an API documents, what it leaves open, and a place to try it.

import { ask } from "./api.js";
import { at, make, prose } from "./dom.js";
import { everyOperation, operationSection, operationsOf } from "./operation.js";
import { openPoints } from "./openpoints.js";
import { tell } from "./tell.js";
import { visible } from "./text.js";

const SHOWN_AS = { "x-open-points": "the open points below", "x-required-scope": "the operation names it" };

const api = location.pathname.split("/")[2] ?? "aura";

async function show() {
  const [contract, register, info] = await Promise.all(
    [ask("GET", `/contracts/${api}`), ask("GET", `/register/${api}`), ask("GET", "/info")]);
  const operations = operationsOf(contract);
  document.title = `${contract.info.title}, contract`;
  at("main").replaceChildren(
    ...introduction(contract, info), authentication(contract),
    ...operations.map((each) => operationSection(api, each, register, info)),
    everyOperation(register), openPoints(register));
  at("contents").replaceChildren(contents(operations));
  aim();
}

function introduction(contract, info) {
  const facts = {
    "Documented at": contract.servers[0].url,
    Here: location.origin + info.apis[api].base_path,
    Version: contract.info.version,
  };
  return [make("h1", {}, contract.info.title),
    ...contract.info.description.trim().split("\n\n").map((each) => make("p", {}, ...plain(each))),
    make("dl", { class: "facts" }, ...Object.entries(facts).flatMap(([name, value]) => [
      make("dt", {}, name), make("dd", {}, make("code", {}, visible(value)))]))];
}

function authentication(contract) {
  const ways = Object.values(contract.components.securitySchemes).map((each) => make("p", {},
    make("code", {}, each.type === "http" ? "Authorization: Bearer KEY" : `${each.name}: KEY`), " ",
    ...(each.bearerFormat ? ["A key looks so: ", form(each.bearerFormat), ". "] : []),
    ...plain(each.description ?? "")));
  return make("section", { id: "authentication", "aria-labelledby": "authentication-heading" },
    make("h2", { id: "authentication-heading" }, "Authentication"), ...ways);
}

/** The nodes of a text about a contract; its own members are called what this page shows of them. */
function plain(text) {
  return prose(Object.entries(SHOWN_AS).reduce((told, [member, name]) => told.replaceAll(member, name), text));
}

/** What a key looks like: code where it is a pattern, words where it is a sentence. */
function form(format) {
  return format.includes(" ") ? visible(format) : make("code", {}, visible(format));
}

function contents(operations) {
  const entries = [["authentication", "Authentication"], ...operations.map((each) => [each.operationId, each.operationId]),
    ["every_operation", "Every operation"], ["open_points", "Open points"]];
  return make("ul", {}, ...entries.map(([id, name]) => make("li", {}, make("a", { href: `#${id}` }, name))));
}

/** Show what the address points at; the browser looked for it before it was there. */
function aim() {
  const aimed = at(decodeURIComponent(location.hash.slice(1)));
  for (const each of document.querySelectorAll(".aimed")) each.classList.remove("aimed");
  if (!aimed) return;
  const folded = aimed.closest("details");
  if (folded) folded.open = true;
  aimed.classList.add("aimed");
  aimed.scrollIntoView();
}

for (const link of document.querySelectorAll(".top nav a")) {
  if (link.getAttribute("href") === `/docs/${api}`) link.setAttribute("aria-current", "page");
}
addEventListener("hashchange", aim);
show().catch((error) => tell(error.message, { bad: true }));
