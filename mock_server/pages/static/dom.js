// Elements, made without markup: what a client sent is only ever the text of a node.

import { visible } from "./text.js";

/** An element with attributes and children; `on...` attributes are listeners, false and null leave one out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

/** The nodes of a text of ours, in which what stands between backticks is code. */
export function prose(text) {
  return visible(text).split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
}

/** The element of that id. */
export function at(id) {
  return document.getElementById(id);
}

/** A labelled switch; `flipped(on)` is called when a person flips it. */
export function flip(label, on, flipped, description) {
  const id = unique();
  const button = make("button", {
    type: "button", role: "switch", class: "switch", "aria-checked": String(on), "aria-labelledby": `${id}-label`,
    "aria-describedby": description ? `${id}-description` : null,
    onclick: () => flipped(button.getAttribute("aria-checked") !== "true"),
  });
  const labelled = make("span", { class: "label", id: `${id}-label`, onclick: () => button.click() }, label);
  const described = description && make("span", { class: "hint", id: `${id}-description` }, description);
  const element = make("div", { class: "flip" }, labelled, button, described);
  return { element, button, set: (now) => button.setAttribute("aria-checked", String(now)) };
}

/** A choice; `choices` are pairs of a value and a label. */
export function choice(label, choices, value, chosen, description) {
  const id = unique();
  const options = choices.map(([each, name]) => make("option", { value: each, selected: each === value }, name));
  const select = make("select", { id, onchange: () => chosen(select.value),
    "aria-describedby": description ? `${id}-description` : null }, ...options);
  const described = description && make("span", { class: "hint", id: `${id}-description` }, description);
  const element = make("div", { class: "field" }, make("label", { for: id }, label), select, described);
  return { element, select };
}

/** A labelled line of text to fill in. */
export function field(label, attributes = {}) {
  const id = unique();
  const input = make("input", { id, autocomplete: "off", spellcheck: "false", ...attributes });
  return { element: make("div", { class: "field" }, make("label", { for: id }, label), input), input };
}

/** A button that does something. */
export function button(label, pressed, attributes = {}) {
  return make("button", { type: "button", onclick: pressed, ...attributes }, label);
}

/** A box of its own for what may be wider than the page; it can be scrolled with the keyboard. */
export function box(label, ...children) {
  return make("div", { class: "box", role: "region", "aria-label": label, tabindex: "0" }, ...children);
}

/** A table with a heading for each column; `rows` are lists of cells, each a node or several. */
export function table(label, columns, rows) {
  const head = make("tr", {}, ...columns.map((each) => make("th", { scope: "col" }, each)));
  const body = rows.map((row) => make("tr", {}, ...row.map((each) => make("td", {}, ...[each].flat()))));
  return box(label, make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
}

let count = 0;

/** An id that no other element has. */
export function unique() {
  count += 1;
  return `made-${count}`;
}
