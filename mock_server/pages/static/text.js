// How texts and values are shown: as they are, but with nothing in them that is invisible or turns others around.

const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const MOST = 20000;

/** A text in which control characters, and those that change the direction of others, are spelt out. */
export function visible(text) {
  return String(text).replace(HIDDEN, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A JSON value on one line; a text without its quotes. */
export function shown(value) {
  if (value === undefined || value === null) return "null";
  return visible(typeof value === "string" ? value : JSON.stringify(value));
}

/** The data of a JSON text. Integers that no number holds keep all of their digits. */
export function parse(text) {
  return JSON.parse(text, (name, value, context) => {
    const lossy = typeof value === "number" && !Number.isSafeInteger(value) && !(value % 1);
    return lossy && context?.source && JSON.rawJSON ? JSON.rawJSON(context.source) : value;
  });
}

/** A JSON text on several lines, every value spelt as it was sent; any other text as it is. Long ones are cut. */
export function pretty(text) {
  const whole = visible(isJson(text) ? indented(text) : text);
  if (whole.length <= MOST) return whole;
  return `${whole.slice(0, MOST)}\n... and ${whole.length - MOST} more characters`;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function indented(text) {
  const tokens = text.match(TOKENS) ?? [];
  let out = "";
  let depth = 0;
  tokens.forEach((token, at) => {
    const line = () => `\n${"  ".repeat(depth)}`;
    const opens = token === "{" || token === "[";
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    if (closes && !"{[".includes(tokens[at - 1])) out += line();
    out += token;
    if (opens) depth += 1;
    if (token === ":") out += " ";
    else if (token === "," || (opens && !"}]".includes(tokens[at + 1]))) out += line();
  });
  return out;
}

/** The status of an answer; of status 0 nothing was sent. */
export function status({ status: sent }) {
  return sent ? String(sent) : "none";
}

/** How many of something there are. */
export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}
