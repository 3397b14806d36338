// The organizations that were opened, to choose one.

import { at, make } from "./dom.js";
import { counted, visible } from "./text.js";

/** What an organization is called: its API, and the key ring's name of its credential, or the credential masked. */
export function named(organization) {
  const { api, key, name } = organization;
  if (!key) return `${api}, no valid key`;
  return `${api}, ${name === "anonymous" ? "without a key" : name ? `${name} key` : visible(key)}`;
}

/** Shows the organizations of `page`; a press on one chooses it. */
export function organizationsPanel(page) {
  const list = at("organizations");
  return { render: () => {
    const focused = document.activeElement?.dataset?.organization;
    const everything = { id: "", exchanges: summed(page, "exchanges"), leads: summed(page, "leads") };
    list.replaceChildren(...[everything, ...page.organizations].map((each) => make("li", {}, entry(page, each))));
    if (focused !== undefined) list.querySelector(`[data-organization="${CSS.escape(focused)}"]`)?.focus();
  } };
}

function summed(page, what) {
  return page.organizations.reduce((sum, each) => sum + each[what], 0);
}

function entry(page, organization) {
  const [api, ...whose] = organization.id ? named(organization).split(", ") : ["All organizations"];
  return make("button", {
    type: "button", "data-organization": organization.id, "aria-current": organization.id === page.selected ? "true" : null,
    onclick: () => page.choose(organization.id),
  },
  make("span", { class: "what" }, api),
  whose.length ? make("span", { class: "whose" }, whose[0]) : null,
  organization.name && organization.name !== "anonymous" ? make("code", { class: "key" }, visible(organization.key)) : null,
  make("span", { class: "counts" }, `${counted(organization.leads, "lead")}, ${counted(organization.exchanges, "call")}`));
}
