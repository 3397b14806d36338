// An exchange as a line for a shell.

import { visible } from "./text.js";

const OMITTED = ["host", "content-length", "connection", "accept", "accept-encoding", "user-agent", "transfer-encoding"];
const CREDENTIALS = ["authorization", "x-api-key", "x-sandbox-key"];

/** The request as a curl line. The credential is a shell variable unless `credentials` are to be in it. */
export function curl(exchange, { credentials }) {
  const { method, target, headers, body } = exchange.request;
  const parts = [`curl -sS -i -X ${quoted(method)} ${quoted(location.origin + target)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (OMITTED.includes(name) || name.startsWith("sec-")) continue;
    const masked = CREDENTIALS.includes(name) && !credentials;
    parts.push(masked ? `-H ${variable(exchange.api, name, value)}` : `-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body) parts.push(`--data-binary ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

function variable(api, name, value) {
  const scheme = value.includes(" ") ? `${value.split(" ")[0].replace(/[^A-Za-z]/g, "")} ` : "";
  return `"${name}: ${scheme}$${api.toUpperCase()}_KEY"`;
}

/** One word of a shell; in the notation of bash, ksh and zsh where a character in it cannot be seen. */
export function quoted(text) {
  if (/^[A-Za-z0-9_./:=-]+$/.test(text)) return text;
  if (visible(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${visible(text.replace(/[\\']/g, "\\$&"))}'`;
}
