// One documented operation: its parameters, body, answers and requirements.

import { box, make, prose, table } from "./dom.js";
import { fieldsOf } from "./schema.js";
import { requirements } from "./requirements.js";
import { visible } from "./text.js";
import { tryIt } from "./tryit.js";

/** The operations of a contract, each with its method, path and all of its parameters. */
export function operationsOf(contract) {
  return Object.entries(contract.paths).flatMap(([path, item]) => Object.entries(item)
    .filter(([, operation]) => operation.operationId)
    .map(([method, operation]) => ({
      ...operation, path, method: method.toUpperCase(), parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])],
    })));
}

/** The section about an operation. */
export function operationSection(api, operation, register, info) {
  const id = operation.operationId;
  const own = register.requirements.filter((each) => each.operation === id);
  return make("section", { id, "aria-labelledby": `${id}-heading` },
    make("h2", { id: `${id}-heading` }, id),
    make("div", { class: "route" }, make("span", { class: "method" }, operation.method),
      make("code", {}, info.apis[api].base_path + operation.path),
      operation["x-documented"] === "adjacent" ? make("span", { class: "tag" }, "from an adjacent page") : null,
      operation["x-required-scope"] ? make("span", { class: "tag" }, `scope ${operation["x-required-scope"]}`) : null),
    operation.description || operation.summary ? make("p", {}, ...prose((operation.description ?? operation.summary).trim())) : null,
    ...parameters(operation), ...body(operation), ...responses(operation),
    make("h3", {}, "Try it"), tryIt(api, operation, info),
    make("h3", {}, `Requirements (${own.length})`), requirements(own));
}

/** The section about what holds for all operations. */
export function everyOperation(register) {
  const own = register.requirements.filter((each) => each.operation === "every_operation");
  return make("section", { id: "every_operation", "aria-labelledby": "every-heading" },
    make("h2", { id: "every-heading" }, `Every operation (${own.length})`), requirements(own));
}

function parameters(operation) {
  if (!operation.parameters.length) return [];
  const rows = operation.parameters.flatMap((each) => fieldsOf(each.schema, each.name, each.required, each.description)
    .map((row) => [row.name, each.in, ...row.cells]));
  return [make("h3", {}, "Parameters"), fields(`Parameters of ${operation.operationId}`, ["Name", "In", "Type", "Limits", "About"], rows)];
}

function body(operation) {
  const content = operation.requestBody?.content?.["application/json"];
  if (!content) return [];
  const rows = fieldsOf(content.schema, "").map((each) => [each.name, ...each.cells]);
  return [make("h3", {}, "Body"), ...(rows.length
    ? [fields(`Fields of the body of ${operation.operationId}`, ["Field", "Type", "Limits", "About"], rows)] : []), ...samples(content)];
}

function responses(operation) {
  const entries = Object.entries(operation.responses).map(([status, response]) => {
    const content = response.content?.["application/json"] ?? {};
    const rows = fieldsOf(content.schema ?? {}, "").map((each) => [each.name, ...each.cells]);
    return make("details", {},
      make("summary", {}, make("code", { class: `status s${status[0]}` }, status), " ", ...prose(response.description)),
      ...(rows.length ? [fields(`Fields of the answer ${status} of ${operation.operationId}`, ["Field", "Type", "Limits", "About"], rows)] : []),
      ...samples(content));
  });
  return [make("h3", {}, "Answers"), make("div", { class: "responses" }, ...entries)];
}

function fields(label, columns, rows) {
  const made = table(label, columns, rows.map(([name, ...rest]) => [[make("code", {}, name)], ...rest.map(prose)]));
  made.firstElementChild.classList.add("fields");
  return made;
}

function samples(content) {
  const all = content.examples ? Object.values(content.examples) : content.example === undefined ? [] : [{ summary: "Example", value: content.example }];
  return all.map(({ summary, value }) => make("details", {}, make("summary", {}, visible(summary ?? "Example")),
    box(summary ?? "Example", make("pre", {}, visible(JSON.stringify(value, null, 2))))));
}
