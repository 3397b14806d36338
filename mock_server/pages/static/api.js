// The control API of the sandbox. The admin token, where there is one, is kept here and nowhere else.

import { parse } from "./text.js";
import { askForToken } from "./dialogs.js";

let token = "";

/** The sandbox refused; `message` says why. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The answer to a call below /_sandbox, as data. Throws Refused where it is none. */
export async function ask(method, path, { query = {}, body, accept } = {}) {
  const response = await answered(method, path, query, body, accept);
  const data = parse(await response.text());
  if (!response.ok) throw new Refused(response.status, data.error);
  return data;
}

async function answered(method, path, query, body, accept = "application/json", signal = undefined) {
  const parameters = new URLSearchParams(query).toString();
  const headers = { Accept: accept };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent = token;
  const url = `/_sandbox${path}${parameters ? `?${parameters}` : ""}`;
  const response = await fetch(url, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  if (response.status !== 401) return response;
  if (token === sent) token = await askForToken(Boolean(sent));
  return answered(method, path, query, body, accept, signal);
}

/** Calls `exchanged` with each exchange as it happens, for as long as the page is open, and `live` when that changes. */
export async function follow(exchanged, live) {
  for (;;) {
    try {
      const response = await answered("GET", "/events", {}, undefined, "text/event-stream");
      if (!response.ok) throw new Refused(response.status, "no stream");
      live(true);
      await read(response.body.getReader(), exchanged);
    } catch {
      // The sandbox was stopped, or is being started again: that is tried until the page is closed.
    }
    live(false);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function read(reader, exchanged) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      if (event.startsWith("event: exchange\n")) exchanged(parse(event.slice(event.indexOf("data: ") + 6)));
    }
  }
}
