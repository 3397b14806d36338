// States that are kept, to be compared, put back or taken elsewhere.

import { ask } from "./api.js";
import { confirmed } from "./dialogs.js";
import { at, button, field, make, table } from "./dom.js";
import { download, tell, trying } from "./tell.js";
import { counted, parse, shown, visible } from "./text.js";

/** Shows the snapshots; saves the state of `page`. */
export function snapshotsPanel(page) {
  const list = make("ul", { class: "snapshots" });
  const difference = make("div", {});
  const name = field("Name", { placeholder: "made up if left empty", class: "mono" });
  const upload = field("Load from a file", { type: "file", accept: ".json,application/json", onchange: () => trying(take) });
  const form = make("form", { class: "line", onsubmit: (event) => {
    event.preventDefault();
    trying(() => save(page.concerning(), {}));
  } }, name.element, make("button", {}, "Save"));
  let before = "";
  at("snapshots").replaceChildren(make("h3", { id: "snapshots-heading" }, "Snapshots"), form, list, difference, upload.element);

  async function save(query, more) {
    const body = { ...more, ...(name.input.value ? { id: name.input.value } : {}) };
    const { id, leads } = await ask("POST", "/snapshots", { query, body });
    name.input.value = "";
    tell(`Saved ${id}: ${counted(leads, "lead")}.`);
    await load();
  }

  async function take() {
    const [file] = upload.input.files;
    upload.input.files = new DataTransfer().files;
    let state;
    try {
      state = parse(await file.text());
    } catch (error) {
      throw new Error(`${file.name} is not JSON: ${error.message}`);
    }
    await save({}, { state });
  }

  async function compare(id) {
    const { differences } = await ask("GET", `${path(id)}/differences`, { query: page.concerning() });
    const rows = differences.flatMap(({ lead, change, fields }) => Object.entries(fields).map(([field, both]) => [
      ...[lead, change, field].map(visible), make("bdi", {}, shown(both[0])), make("bdi", {}, shown(both[1]))]));
    difference.replaceChildren(make("h4", {}, `Since ${id}`), rows.length
      ? table(`What changed since ${id}`, ["Lead", "Change", "Field", "Then", "Now"], rows) : make("p", { class: "hint" }, "Nothing changed."));
  }

  async function restore(id) {
    const { organizations, leads } = await ask("PUT", path(id), { query: page.concerning() });
    tell(`${id} is put back: ${counted(organizations, "organization")}, ${counted(leads, "lead")}.`);
    await page.begin();
  }

  async function remove(id) {
    if (!(await confirmed(`Forget the snapshot ${id}?`, "Forget"))) return;
    await ask("DELETE", path(id));
    await load();
  }

  async function keep(id) {
    if (!(await confirmed(`The file holds the credentials that open the organizations of ${id}. Save it?`, "Save the file"))) return;
    download(`${id}.json`, await ask("GET", path(id), { query: page.concerning() }));
  }

  function entry({ id, leads, organizations, whole }) {
    const act = (label, doing) => button(label, () => trying(() => doing(id)), { "aria-label": `${label} ${id}` });
    const size = `${whole ? "everything, " : ""}${counted(organizations, "organization")}, ${counted(leads, "lead")}`;
    return make("li", {}, make("code", {}, visible(id)), make("span", { class: "hint" }, size), make("div", { class: "actions" },
      act("Put back", restore), act("Compare", compare), act("Save as file", keep), act("Forget", remove)));
  }

  async function load() {
    const { snapshots } = await ask("GET", "/snapshots");
    if (JSON.stringify(snapshots) === before) return;
    before = JSON.stringify(snapshots);
    list.replaceChildren(...snapshots.map(entry));
  }

  return { load };
}

function path(id) {
  return `/snapshots/${encodeURIComponent(id)}`;
}
