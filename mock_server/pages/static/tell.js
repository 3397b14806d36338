// What the page says to the person in front of it.

import { at } from "./dom.js";
import { counted, status, visible } from "./text.js";

const SECONDS_BETWEEN = 5;

let timer = 0;

/** Say what was done, for a while. */
export function tell(message, { bad = false } = {}) {
  const line = at("told");
  clearTimeout(timer);
  line.textContent = visible(message);
  line.classList.toggle("bad", bad);
  line.hidden = false;
  timer = setTimeout(() => {
    line.hidden = true;
  }, bad ? 15000 : 5000);
}

/** Do something that the sandbox may refuse, and say why if it does. */
export async function trying(doing) {
  try {
    return await doing();
  } catch (error) {
    tell(error.message, { bad: true });
    return undefined;
  }
}

let unsaid = [];
let waiting = false;

/** Tell a screen reader about exchanges, many of them in one sentence. */
export function announce(exchange) {
  unsaid.push(exchange);
  if (waiting) return;
  waiting = true;
  setTimeout(say, 300);
}

function say() {
  const { request, response } = unsaid.at(-1);
  const path = request.target.split("?")[0].slice(0, 80);
  at("announced").textContent = visible(
    `${counted(unsaid.length, "new exchange")}; the last, ${request.method} ${path}, ${response.status ? `was answered ${status(response)}` : "was not answered"}.`);
  unsaid = [];
  setTimeout(() => {
    waiting = false;
    if (unsaid.length) announce(unsaid.pop());
  }, SECONDS_BETWEEN * 1000);
}

/** Put a text where it can be pasted from, also where the browser keeps the clipboard from plain HTTP. */
export async function copied(text, element) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const selection = getSelection();
    selection.selectAllChildren(element);
    document.execCommand("copy");
  }
  tell("Copied.");
}

/** Let the browser save some JSON. */
export function download(name, data) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
