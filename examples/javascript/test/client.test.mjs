import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import { ApiError, VorelClient } from "../client.mjs";

const SANDBOX = process.env.SANDBOX_URL;
const ADA = { email: "ada@example.com", name: "Ada Lovelace" };
const NOBODY = "3c90c3cc-0d44-4b50-8888-8dd25736052a";

// A client in an organization of its own, which is empty, and what steers that organization.
function world() {
  const key = `vapk_live_${randomBytes(24).toString("hex")}`;
  const waits = [];
  const control = async (method, path, body) => {
    const headers = { "X-Sandbox-Key": key, "Content-Type": "application/json" };
    const answer = await fetch(`${SANDBOX}/_sandbox/${path}`, { method, headers, body: body && JSON.stringify(body) });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  };
  const sleep = async (seconds) => {
    waits.push(seconds);
    await control("POST", "clock/advance", { seconds });
  };
  return { client: new VorelClient({ baseUrl: `${SANDBOX}/api/v1`, key, sleep }), control, waits };
}

const arm = (control, operation, fault, times = 1) =>
  control("POST", "faults", { api: "vorel", operation, fault, times });

test("a contact becomes a lead, and its score is kept", async () => {
  const { client } = world();

  const lead = await client.add(ADA);
  await client.qualify(lead, 80);

  assert.equal(await client.score(lead), 80);
});

test("a lead that is gone has no score", async () => {
  assert.equal(await world().client.score(NOBODY), null);
});

test("waits as long as it is told to", async () => {
  const { client, control, waits } = world();
  await control("PUT", "clock", { now: "2026-01-17T08:00:20Z" });
  await arm(control, "create_lead", "error=429");

  await client.add(ADA);

  assert.deepEqual(waits, [40]);
});

test("repeats an update whose answer was lost", async () => {
  const { client, control, waits } = world();
  const lead = await client.add(ADA);
  await arm(control, "update_lead", "close=after");

  await client.qualify(lead, 80);

  assert.equal(await client.score(lead), 80);
  assert.deepEqual(waits, [2]);
});

test("makes nothing twice", async () => {
  const { client, control } = world();
  await arm(control, "create_lead", "close=after");

  await assert.rejects(client.add(ADA), TypeError);

  const { organizations } = await control("GET", "leads/vorel");
  assert.equal(organizations[0].leads.length, 1);
});

test("says what was wrong", async () => {
  await assert.rejects(world().client.add({ ...ADA, email: "not an address" }), (error) => {
    return error instanceof ApiError && error.status === 400;
  });
});

test("sends nothing that the documentation does not allow", async () => {
  const { client, control } = world();
  await client.qualify(await client.add(ADA), 80);

  const { exchanges } = await control("GET", "journal");

  assert.deepEqual(
    exchanges.filter((each) => each.refusal).map((each) => each.refusal),
    [],
  );
});
