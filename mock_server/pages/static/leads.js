// The leads of the chosen organizations as tables, and the history of each.

import { ask } from "./api.js";
import { at, box, make, unique } from "./dom.js";
import { named } from "./organizations.js";
import { trying } from "./tell.js";
import { counted, shown, visible } from "./text.js";

const MOST = 200;

/** Shows the leads of `page`. */
export function leadsPanel(page) {
  const host = at("leads");
  const open = new Set();
  let before = "";
  let looked = "";

  /** Looks only where somebody sees it, and where an organization has had a call or has more leads or less. */
  async function load() {
    const asked = page.selected;
    const counts = JSON.stringify([asked, page.organizations.map((each) => [each.id, each.leads, each.exchanges + each.dropped])]);
    if (host.hidden || counts === looked) return;
    looked = counts;
    const apis = page.chosen() ? [page.chosen().api] : Object.keys(page.info.apis);
    const query = { ...page.concerning(), credentials: "masked" };
    const answers = await Promise.all(apis.map((api) => ask("GET", `/leads/${api}`, { query })));
    const holders = answers.flatMap((each) => each.organizations).filter((each) => each.leads.length);
    const now = asked + JSON.stringify(holders);
    if (asked !== page.selected || now === before) return;
    before = now;
    render(holders);
  }

  function render(holders) {
    const focused = document.activeElement?.dataset?.lead;
    const sections = holders.flatMap(({ id, leads }) => section(page, id, leads, open));
    host.replaceChildren(...(sections.length ? sections : [make("p", { class: "empty" }, "No leads yet.")]));
    if (focused) host.querySelector(`[data-lead="${CSS.escape(focused)}"]`)?.focus();
  }

  const forget = () => {
    looked = "";
  };
  return { load, forget };
}

function section(page, id, leads, open) {
  const organization = page.organizations.find((each) => each.id === id);
  const title = organization ? named(organization) : id;
  const latest = leads.slice(-MOST).toReversed();
  const columns = used(latest);
  const head = make("tr", {}, ...["id", ...columns].map((each) => make("th", { scope: "col" }, visible(each))));
  const rows = latest.flatMap((lead) => row(id, lead, columns, open));
  const left = leads.length - latest.length;
  return [
    make("h3", {}, `${title}: ${counted(leads.length, "lead")}`),
    left ? make("p", { class: "hint" }, `The latest ${MOST}; ${left} older ones are not shown.`) : null,
    box(`Leads of ${title}`, make("table", { class: "leads" }, make("thead", {}, head), make("tbody", {}, ...rows))),
  ].filter(Boolean);
}

/** The fields that any of the leads has a value in; ids and times stand last. */
function used(leads) {
  const names = new Set(leads.flatMap((lead) => Object.keys(lead).filter((name) => !isEmpty(lead[name]))));
  names.delete("id");
  const isLate = (name) => /(_id|_at|Id|At)$/.test(name);
  return [...names].sort((one, two) => isLate(one) - isLate(two));
}

function isEmpty(value) {
  return value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);
}

function row(organization, lead, columns, open) {
  const history = make("tr", { class: "history", id: unique(), hidden: !open.has(lead.id) },
    make("td", { colspan: columns.length + 1 }));
  const head = make("button", {
    type: "button", class: "link", "data-lead": lead.id, "aria-controls": history.id, "aria-expanded": String(open.has(lead.id)),
    title: "The history of this lead",
    onclick: () => {
      if (!open.delete(lead.id)) open.add(lead.id);
      head.setAttribute("aria-expanded", String(open.has(lead.id)));
      history.hidden = !open.has(lead.id);
      if (!history.hidden) trying(() => tellHistory(organization, lead.id, history.firstElementChild));
    },
  }, visible(lead.id));
  if (open.has(lead.id)) trying(() => tellHistory(organization, lead.id, history.firstElementChild));
  const cells = columns.map((name) => make("td", {}, isEmpty(lead[name]) ? "" : make("bdi", { class: "value" }, shown(lead[name]))));
  return [make("tr", {}, make("th", { scope: "row" }, head), ...cells), history];
}

async function tellHistory(organization, lead, host) {
  const { exchanges } = await ask("GET", "/journal", { query: { organization, lead } });
  const entries = exchanges.toReversed().map((exchange) => make("li", {},
    make("time", { datetime: exchange.at }, exchange.at.slice(0, 19).replace("T", " ")), " ",
    make("span", { class: "method" }, visible(exchange.request.method)), " ",
    make("span", { class: "hint" }, `${exchange.operation}, ${exchange.id}`),
    make("ul", {}, ...Object.entries(exchange.changes[lead]).map(
      ([name, [before, after]]) => change(name, before, after, "id" in exchange.changes[lead])))));
  host.replaceChildren(entries.length ? make("ol", { class: "changes" }, ...entries)
    : make("p", { class: "hint" }, "The journal knows of no call that wrote it; it was put in, or the call was dropped."));
}

/** What became of a field; a new lead had no value before. */
function change(name, before, after, isNew) {
  const old = [make("bdi", { class: "before" }, shown(before)), make("span", { class: "hidden" }, " became "),
    make("span", { "aria-hidden": "true" }, " \u2192 ")];
  return make("li", {}, make("b", {}, visible(name)), " ", ...(isNew ? [] : old), make("bdi", { class: "after" }, shown(after)));
}
