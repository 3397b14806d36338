// A form that makes one call of an operation against the sandbox itself, and shows the answer.

import { ask } from "./api.js";
import { box, button, choice, field, make, unique } from "./dom.js";
import { trying } from "./tell.js";
import { pretty, visible } from "./text.js";

/** The form for an operation; nothing is sent before a person presses the button. */
export function tryIt(api, operation, info) {
  const keys = [["", "without a key"], ...Object.keys(info.key_ring[api]).map((name) => [name, `${name.replace("_", " ")} key`]), ["own", "a key of your own"]];
  const key = choice("Key", keys, "full", () => {
    own.element.hidden = key.select.value !== "own";
  });
  const own = field("Your key", { type: "password" });
  own.element.hidden = true;
  const path = field("Path", { class: "mono", value: info.apis[api].base_path + filled(operation) });
  const body = operation.requestBody ? textarea(sample(operation)) : null;
  const answer = make("div", { role: "status" });
  const send = () => trying(async () => {
    const credential = key.select.value === "own" ? own.input.value : info.key_ring[api][key.select.value];
    const headers = { ...(body ? { "Content-Type": "application/json" } : {}), ...authorized(api, credential) };
    const response = await fetch(sameOrigin(path.input.value), { method: operation.method, headers, body: body?.input.value });
    answer.replaceChildren(...(await told(response)));
  });
  return make("form", { class: "try", "aria-label": `Try ${operation.operationId}`, onsubmit: (event) => {
    event.preventDefault();
    send();
  } }, make("div", { class: "pair" }, path.element, key.element), own.element, body?.element,
  make("div", { class: "actions" }, make("button", { class: "main" }, `Send ${operation.method}`)), answer);
}

/** The path with the documented examples of its parameters. */
function filled({ path, parameters }) {
  return path.replace(/\{(\w+)\}/g, (whole, name) => {
    const { schema = {}, example } = parameters.find((each) => each.name === name) ?? {};
    return encodeURIComponent(example ?? schema.example ?? "00000000-0000-4000-8000-000000000000");
  });
}

/** The first documented example of the body. */
function sample({ requestBody }) {
  const { example, examples } = requestBody.content["application/json"];
  return JSON.stringify(example ?? Object.values(examples ?? {})[0]?.value ?? {}, null, 2);
}

/** The address of a path of this sandbox. Throws Error for what leads elsewhere. */
function sameOrigin(path) {
  const url = new URL(path, location.origin);
  if (url.origin !== location.origin) throw new Error("The path leads away from this sandbox.");
  return url;
}

function authorized(api, credential) {
  if (!credential) return {};
  return api === "octanist" ? { "X-API-KEY": credential } : { Authorization: `Bearer ${credential}` };
}

function textarea(value) {
  const id = unique();
  const input = make("textarea", { id, spellcheck: "false" }, value);
  return { element: make("div", { class: "field" }, make("label", { for: id }, "Body"), input), input };
}

async function told(response) {
  const exchange = response.headers.get("x-sandbox-exchange");
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  const text = await response.text();
  const why = make("div");
  return [
    make("p", { class: `status s${Math.floor(response.status / 100)}` }, String(response.status)),
    text ? box("The body of the answer", make("pre", {}, pretty(text))) : make("p", { class: "hint" }, "No body."),
    make("details", {}, make("summary", {}, "Headers"), box("The headers of the answer", make("pre", {}, visible(headers)))),
    exchange ? button("Why this answer?", () => trying(() => explain(exchange, why))) : null, why,
  ].filter(Boolean);
}

async function explain(exchange, host) {
  const { sentences } = await ask("GET", `/explain/${encodeURIComponent(exchange)}`);
  host.replaceChildren(make("ul", { class: "reasons" }, ...sentences.map((each) => make("li", {}, visible(each)))));
}
