// The console: what is chosen, and when its panels look again.

import { ask, follow } from "./api.js";
import { clockPanel } from "./clock.js";
import { coveragePanel } from "./coverage.js";
import { at, flip } from "./dom.js";
import { exchangesPanel } from "./exchanges.js";
import { faultsPanel } from "./faults.js";
import { leadsPanel } from "./leads.js";
import { named, organizationsPanel } from "./organizations.js";
import { resetPanel } from "./reset.js";
import { settingsPanel } from "./settings.js";
import { snapshotsPanel } from "./snapshots.js";
import { tabs } from "./tabs.js";
import { tell, trying } from "./tell.js";

const SECONDS_BETWEEN_LOOKS = 2;

const contracts = new Map();

const page = {
  selected: decodeURIComponent(location.hash.slice(1)),
  organizations: [],
  credentials: false,
  info: null,
  requirements: new Map(),
  points: new Map(),
  /** What a call of the control API says to concern what is chosen. */
  concerning: () => (page.selected ? { organization: page.selected } : {}),
  /** Whether an exchange of this id belongs to what is chosen. */
  concerns: (id) => !page.selected || id.slice(0, id.lastIndexOf("-")) === page.selected,
  chosen: () => page.organizations.find((each) => each.id === page.selected),
  contract: (api) => {
    if (!contracts.has(api)) contracts.set(api, ask("GET", `/contracts/${api}`));
    return contracts.get(api);
  },
  choose: (id) => {
    page.selected = id;
    history.replaceState(null, "", id ? `#${id}` : location.pathname);
    trying(page.begin);
  },
  refresh: () => trying(look),
  begin,
};

const organizations = organizationsPanel(page);
const exchanges = exchangesPanel(page);
const leads = leadsPanel(page);
const coverage = coveragePanel(page);
const steering = [clockPanel(page), faultsPanel(page), settingsPanel(page), snapshotsPanel(page), resetPanel(page)];
tabs(at("tabs"), ["exchanges", "leads", "coverage"], () => page.refresh());

/** Everything anew: at the start, after a choice, a reset, a new connection. */
async function begin() {
  const panels = document.querySelector(".steering");
  panels.setAttribute("aria-busy", "true");
  leads.forget();
  try {
    await look();
    await exchanges.load();
  } finally {
    panels.removeAttribute("aria-busy");
  }
}

let calls = 0;

/** See what is different. What the stream does not tell (a reset, a setting, leads put in) shows here. */
async function look() {
  const query = page.credentials ? { credentials: "shown" } : {};
  page.organizations = (await ask("GET", "/organizations", { query })).organizations;
  if (!page.chosen()) page.selected = "";
  organizations.render();
  const chosen = page.chosen();
  at("chosen").textContent = chosen ? named(chosen) : "All organizations";
  document.querySelector(".steering").classList.toggle("hidden-steering", Boolean(chosen && !chosen.key));
  await Promise.all([coverage.load(), leads.load(), ...steering.map((each) => each.load())]);
  const now = page.organizations.reduce((sum, each) => sum + each.exchanges + each.dropped, 0);
  if (now < calls) await exchanges.load();
  calls = now;
}

let soon = 0;

function exchanged(exchange) {
  exchanges.add(exchange);
  calls += 1;
  soon ||= setTimeout(async () => {
    await page.refresh();
    soon = 0;
  }, 200);
}

function live(on) {
  at("live").textContent = on ? "live" : "not connected";
  at("live").classList.toggle("on", on);
  if (on) trying(begin);
}

async function learn() {
  page.info = await ask("GET", "/info");
  const apis = Object.keys(page.info.apis);
  const registers = await Promise.all(apis.map((api) => ask("GET", `/register/${api}`)));
  registers.forEach(({ requirements, open_points: points }, index) => {
    for (const each of requirements) page.requirements.set(each.id, each);
    for (const each of points) page.points.set(`${apis[index]}/${each.id}`, each);
  });
}

const credentials = flip("Show credentials", false, (on) => {
  page.credentials = on;
  credentials.set(on);
  for (const open of document.querySelectorAll('.exchanges [aria-expanded="true"]')) {
    open.click();
    if (!on) open.nextElementSibling.replaceChildren();
    open.click();
  }
  page.refresh();
});
at("credentials").append(credentials.element);

try {
  await learn();
  follow(exchanged, live);
  // One look after another: that of a slow sandbox may take longer than the time between two.
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, SECONDS_BETWEEN_LOOKS * 1000));
    if (!document.hidden) await look().catch(() => {});
  }
} catch (error) {
  tell(error.message, { bad: true });
}
