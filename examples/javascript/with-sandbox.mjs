// node with-sandbox.mjs [--fail-under PERCENT] TEST-FILE...
// Starts a sandbox on a free port, runs the tests with its URL in SANDBOX_URL, and tells what they have covered.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const [command, ...before] = (process.env.LEAD_MOCK ?? "lead-mock").split(" ");
const files = process.argv.slice(2);
const least = files[0] === "--fail-under" ? files.splice(0, 2)[1] : "0";

async function run(program, args, env = process.env) {
  const [code] = await once(spawn(program, args, { stdio: "inherit", env }), "exit");
  return code ?? 1;
}

async function started(sandbox) {
  for await (const line of createInterface({ input: sandbox.stdout })) {
    if (line.startsWith("listening ")) return line.slice("listening ".length);
  }
  throw new Error(`${command} did not start`);
}

const { LEAD_ADMIN_TOKEN: anothers, ...env } = process.env; // the tests steer this sandbox without a token
const sandbox = spawn(command, [...before, "serve", "--port", "0"], { stdio: ["ignore", "pipe", "ignore"], env });
sandbox.on("error", (error) => {
  const advice = "pip install -c constraints.txt . in the root of this repository, or say in LEAD_MOCK where it is";
  console.error(`${command} cannot be started (${error.code}): ${advice}`);
  process.exit(2);
});
try {
  const url = await started(sandbox);
  process.exitCode = await run(process.execPath, ["--test", ...files], { ...process.env, SANDBOX_URL: url });
  if (process.exitCode === 0) {
    process.exitCode = await run(command, [...before, "coverage", "--url", url, "--fail-under", least]);
  }
} finally {
  sandbox.kill();
}
