// A schema as the rows of a table: every field with its type, its limits and what is said about it.

import { visible } from "./text.js";

const LIMITS = {
  minimum: "at least", maximum: "at most", minLength: "at least so many characters:", maxLength: "characters at most:",
  minItems: "items at least:", maxItems: "items at most:", pattern: "pattern", minProperties: "fields at least:",
};

/** A row for each field of a schema, and of those within it: `{name, cells: [type, limits, about]}`. */
export function fieldsOf(schema, name, required = false, about = undefined) {
  const own = name ? [{ name, cells: [typed(schema, required), limits(schema), told(schema, about)] }] : [];
  return [...own, ...within(schema, name)];
}

function within(schema, name) {
  const whole = merged(schema);
  const prefix = name ? `${name}.` : "";
  const inner = Object.entries(whole.properties ?? {}).flatMap(
    ([each, value]) => fieldsOf(value, prefix + each, (whole.required ?? []).includes(each)));
  return whole.items ? [...inner, ...within(whole.items, `${name}[]`)] : inner;
}

/** A schema with the parts of its allOf put together. */
function merged(schema) {
  return (schema.allOf ?? []).map(merged).reduce((whole, part) => ({
    ...whole, ...part, properties: { ...whole.properties, ...part.properties }, required: [...(whole.required ?? []), ...(part.required ?? [])],
  }), schema);
}

function typed(schema, required) {
  const alternatives = schema.anyOf ?? schema.oneOf;
  const type = schema.type ?? (alternatives ? [...new Set(alternatives.map((each) => each.type ?? "any"))].join(" or ") : "any");
  const kind = type === "array" && schema.items?.type ? `array of ${schema.items.type}` : type;
  return [kind, schema.format && `(${schema.format})`, schema.nullable && "or null", required && "required"].filter(Boolean).join(" ");
}

function limits(schema) {
  const said = Object.entries(LIMITS).filter(([key]) => key in schema).map(([key, words]) => `${words} ${schema[key]}`);
  if (schema.enum) said.unshift(`one of ${schema.enum.map((each) => JSON.stringify(each)).join(", ")}`);
  if ("default" in schema) said.push(`default ${JSON.stringify(schema.default)}`);
  return visible(said.join("; "));
}

function told(schema, about) {
  const example = schema.example === undefined ? "" : `Example: ${JSON.stringify(schema.example)}`;
  const said = (about ?? schema.description ?? "").trim();
  return visible([said && !/[.:]$/.test(said) && example ? `${said}.` : said, example].filter(Boolean).join(" "));
}
