import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { expect, test } from "vitest";
import { workshop } from "./support/files";

// Runs in processes of their own: how they end, and what a terminal sees.
const { folder, file, run } = workshop(),
  count = 40,
  size = 200;
for (let n = 0; n < count; n++) {
  const data = Uint8Array.from({ length: size * size }, (_, i) => Number(i % size < 90 + n)),
    png = encode({ data, width: size, height: size, channels: 1, depth: 8 });
  for (const side of ["pred", "truth"])
    file(`${side}/${"a_name_as_long_as_those_of_slides_are_".repeat(2)}${n}.png`, png);
}
file("terminal.cjs", Buffer.from("process.stderr.isTTY = true; process.stderr.columns = 100;"));
/** Cases after which a run is stopped. */
const STOPPED = 5;
file(
  "stopped.cjs",
  Buffer.from(`
    const fs = require("node:fs"), { writeSync } = fs;
    let lines = 0;
    fs.writeSync = (...all) => {
      const written = writeSync(...all);
      if (lines++ === ${STOPPED}) process.kill(process.pid, "SIGINT");
      return written;
    };
    require("node:module").syncBuiltinESMExports();`),
);
file("dying.cjs", Buffer.from('if (!require("node:worker_threads").isMainThread) process.exit(3);'));
file("failing.cjs", Buffer.from('if (!require("node:worker_threads").isMainThread) throw new Error("no memory");'));

const line = "score --pred pred --target truth --metric dice --csv",
  whole = run(`${line} --jobs 1`);

/** The command with a module loaded before it; a run that hangs is killed, which is no status. */
async function begun(words: string, before?: string) {
  const required = before === undefined ? [] : ["--require", join(folder, before)],
    child = spawn(process.execPath, [...required, join(process.cwd(), "dist/cli.js"), ...words.split(" ")], {
      cwd: folder,
      timeout: 40_000,
      killSignal: "SIGKILL",
    }),
    said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text) => {
      said[stream] += text;
    });
  const [status, signal] = await once(child, "close");
  return { status, signal, ...said };
}

test("what is refused ends the process, although threads were started", async () => {
  expect(await begun("score --pred pred --target truth --metric nope --jobs 3")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/there is no metric "nope"/),
  });
});

test("a terminal has a bar whose lines fit, and is left as it was", async () => {
  const { status, stdout, stderr } = await begun(`${line} --jobs 2`, "terminal.cjs");
  expect({ status, stdout }).toEqual({ status: 0, stdout: whole.stdout });
  expect(stderr).toMatch(/█.* 80\/80 …/);
  // Neither its cursor nor the wrapping of its lines is switched off, which a run that is stopped would not undo.
  expect(stderr).not.toContain("\x1b[?");
  for (const drawn of stderr.split("\x1b").filter((text) => text.includes("/80")))
    expect(drawn.replace(/^\[\d*\w/, "").length).toBeLessThanOrEqual(100);
});

test("a terminal gets the prompt back when a run breaks off", async () => {
  file("taken/x", Uint8Array.of(0));
  expect(await begun(`${line} -o taken`, "terminal.cjs")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/error: .*taken/),
  });
});

test("SIGINT ends a run at once, and its journal goes on", async () => {
  const words = `${line} --resume journal.jsonl`,
    journal = () => readFileSync(join(folder, "journal.jsonl"), "utf8");
  const { signal } = await begun(`${words} --jobs 2`, "stopped.cjs");
  expect(signal).toBe("SIGINT");
  // A head, and the cases of the lines that were written until then.
  expect(journal().trimEnd().split("\n")).toHaveLength(1 + STOPPED);
  expect(await begun(`${words} --jobs 3`)).toMatchObject({ ...whole, status: 0 });
  expect(journal().trimEnd().split("\n")).toHaveLength(1 + count);
});

test.each([
  ["ends", "dying.cjs", /error: a thread of --jobs ended: .*3.*fewer threads/],
  ["cannot start", "failing.cjs", /error: a thread of --jobs ended: no memory/],
])("a thread that %s fails the run", async (_, module, message) => {
  const { status, stderr } = await begun(`${line} --jobs 3`, module);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
});
