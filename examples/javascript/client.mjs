// Brings contacts into Vorel. Waits when it is told to, and repeats only what may be repeated.

const ATTEMPTS = 4;

export class ApiError extends Error {
  constructor(status, body) {
    super(`${status}: ${JSON.stringify(body)}`);
    this.status = status;
  }
}

export class VorelClient {
  // `sleep` waits for so many seconds.
  constructor({ baseUrl, key, sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)) }) {
    this.baseUrl = baseUrl;
    this.key = key;
    this.sleep = sleep;
  }

  // The id of the lead that a contact has become.
  async add({ email, name }) {
    const conversation = await this.#call("POST", "/conversations", { channel: "webform", customer_identifier: email });
    const lead = await this.#call("POST", "/leads", { conversation_id: conversation.id, email, name });
    return lead.id;
  }

  async qualify(id, score) {
    await this.#call("PATCH", `/leads/${id}`, { qualification_score: score, status: "qualified" });
  }

  // How promising a lead is; null for one that is gone.
  async score(id) {
    try {
      return (await this.#call("GET", `/leads/${id}`)).qualification_score;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  async #call(method, path, body) {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#send(method, path, body, attempt);
      if (response === undefined) continue;
      const told = await response.json();
      if (response.ok) return told;
      if (attempt === ATTEMPTS || !mayBeRepeated(method, response.status)) throw new ApiError(response.status, told);
      await this.sleep(Number(response.headers.get("Retry-After") ?? 2 ** attempt));
    }
  }

  // The response; undefined where the connection broke and the call is to be made again.
  async #send(method, path, body, attempt) {
    const headers = { Authorization: `Bearer ${this.key}`, "Content-Type": "application/json" };
    try {
      return await fetch(this.baseUrl + path, { method, headers, body: body && JSON.stringify(body) });
    } catch (error) {
      if (method === "POST" || attempt === ATTEMPTS) throw error;
      await this.sleep(2 ** attempt);
      return undefined;
    }
  }
}

// A POST makes something: it is sent again only where it surely was refused.
function mayBeRepeated(method, status) {
  return status === 429 || (status >= 500 && method !== "POST");
}
