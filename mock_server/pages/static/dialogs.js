// Questions that stand before everything else: for the admin token, and for a confirmation.

import { button, field, make } from "./dom.js";

let asking = null;

/** The token that a person types. Whoever asks while the question stands gets the same answer. */
export function askForToken(again) {
  asking ??= ask(again).finally(() => {
    asking = null;
  });
  return asking;
}

function ask(again) {
  return new Promise((resolve) => {
    const { element, input } = field("Admin token", { type: "password", required: true });
    const heading = make("h2", { id: "token-heading" }, "This sandbox asks for its admin token");
    const why = make("p", {}, again ? "That was not the token. " : "",
      "It was printed when the sandbox was started, or given to it with --admin-token or as LEAD_ADMIN_TOKEN. This page keeps it in memory only.");
    const form = make("form", { onsubmit: (event) => {
      event.preventDefault();
      dialog.close();
      dialog.remove();
      resolve(input.value);
    } }, heading, why, element, make("div", { class: "actions" }, make("button", { class: "main" }, "Open")));
    const dialog = make("dialog", { "aria-labelledby": "token-heading", oncancel: (event) => event.preventDefault() }, form);
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Whether a person confirms something that cannot be undone. */
export function confirmed(question, doing) {
  return new Promise((resolve) => {
    const end = (answer) => () => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const actions = make("div", { class: "actions" }, button("Cancel", end(false)), button(doing, end(true), { class: "danger" }));
    const dialog = make("dialog", { "aria-label": question, oncancel: end(false) }, make("p", {}, question), actions);
    document.body.append(dialog);
    dialog.showModal();
  });
}
