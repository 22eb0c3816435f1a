import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { workshop } from "./support/files";

// Many files: every thread, one output; what a killed run has done is done.
const { folder, file, run } = workshop();
const count = 24,
  size = 96;
for (let n = 0; n < count; n++) {
  const labels = Uint8Array.from({ length: size * size }, (_, i) =>
      Math.sin(i * (n + 1) * 0.001) > 0.3 ? 1 + (n % 2) : 0,
    ),
    pred = labels.map((v, i) => (i % (n + 5) === 0 ? (v + 1) % 3 : v)),
    name = `case${String(n).padStart(2, "0")}.png`;
  const png = (data: Uint8Array) => encode({ data, width: size, height: size, channels: 1, depth: 8 });
  file(`truth/${name}`, png(labels));
  // One that cannot be read, one of another size.
  file(
    `pred/${name}`,
    n === 7
      ? png(pred).subarray(0, 50)
      : n === 11
        ? encode({ data: pred.subarray(0, size), width: size, height: 1, channels: 1, depth: 8 })
        : png(pred),
  );
}
const line = "score --pred pred --target truth --metric dice hausdorffDistance --json",
  whole = run(`${line} --jobs 1`);

describe("threads", () => {
  test("one run fails for two files and scores the others", () => {
    const { results, failures } = JSON.parse(whole.stdout);
    expect([whole.status, results.length, failures.length]).toEqual([1, 2 * (count - 2), 2]);
  });

  test.each(["--jobs 2", "--jobs 5", ""])("%s: the same output, in the same order", (jobs) => {
    expect(run(`${line} ${jobs}`.trim())).toEqual(whole);
  });

  test("their number must be one", () => {
    expect(run(`${line} --jobs 0`).stderr).toMatch(/--jobs must be a whole number of at least 1, got 0/);
  });
});

describe("a journal", () => {
  const path = join(folder, "journal.jsonl"),
    lines = () => (existsSync(path) ? readFileSync(path, "utf8").split("\n") : []);
  const cases = () =>
    lines()
      .slice(1, -1)
      .map((text) => JSON.parse(text).pred as string);

  test("lets a killed run go on: nothing is lost, nothing is done twice", async () => {
    // Killed again and again, each time after some more cases.
    for (let round = 0; round < 3; round++) {
      const before = lines().length,
        child = spawn(
          process.execPath,
          [join(process.cwd(), "dist/cli.js"), ...`${line} --jobs 2 --resume journal.jsonl`.split(" ")],
          { cwd: folder, stdio: "ignore" },
        ),
        ended = new Promise((resolve) => child.on("exit", resolve));
      let running = true;
      ended.then(() => {
        running = false;
      });
      while (running && lines().length < before + 4) await new Promise((resolve) => setTimeout(resolve, 2));
      child.kill("SIGKILL");
      await ended;
    }
    const kept = cases();
    expect(kept.length).toBeGreaterThan(3);
    expect(run(`${line} --resume journal.jsonl`)).toEqual(whole);
    expect(cases().slice(0, kept.length)).toEqual(kept);
    expect(cases().sort()).toEqual(
      Array.from({ length: count }, (_, n) => `pred/case${String(n).padStart(2, "0")}.png`),
    );
    // All done: nothing is read, nothing added.
    const after = readFileSync(path, "utf8");
    expect(run(`${line} --resume journal.jsonl`)).toEqual(whole);
    expect(readFileSync(path, "utf8")).toBe(after);
  });

  test("whose last line was cut loses that line only", () => {
    const text = readFileSync(path, "utf8"),
      last = text.lastIndexOf("\n", text.length - 2) + 1;
    for (const end of [last + 1, text.length - 1, text.length - 40]) {
      writeFileSync(path, text.slice(0, end));
      expect(run(`${line} --resume journal.jsonl`)).toEqual(whole);
      expect(cases()).toHaveLength(count);
    }
    writeFileSync(path, text.slice(0, 30));
    expect(run(`${line} --resume journal.jsonl`)).toEqual(whole);
    expect(cases()).toHaveLength(count);
  });

  test("of another run, or none at all, is refused", () => {
    expect(run(`${line} --include-background --resume journal.jsonl`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/is of another run: its files or options were others/),
    });
    file("notes.txt", Buffer.from("milk\nbread\n"));
    expect(run(`${line} --resume notes.txt`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/notes.txt: line 1 is no JSON/),
    });
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("milk\nbread\n");
  });
});
