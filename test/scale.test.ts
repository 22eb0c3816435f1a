import { spawn } from "node:child_process";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
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
  // One thread where threads are not the question: each takes longer to start than to score these files.
  single = `${line} --jobs 1`,
  whole = run(single);

describe("threads", () => {
  test("one run fails for two files and scores the others", () => {
    const { results, failures } = JSON.parse(whole.stdout);
    expect([whole.status, results.length, failures.length]).toEqual([1, 2 * (count - 2), 2]);
  });

  test.each(["--jobs 2", "--jobs 5", ""])("%s: the same output, in the same order", (jobs) => {
    expect(run(`${line} ${jobs}`.trim())).toEqual(whole);
  });

  test("large cases among small ones, which the main thread leaves to others: the same output", () => {
    for (let n = 0; n < 6; n++) {
      const edge = n === 1 || n === 4 ? 1100 : 40,
        data = Uint8Array.from({ length: edge * edge }, (_, i) =>
          i % (edge + n) < edge / 2 ? (edge > 40 ? n + 1 : 1) : 0,
        ),
        flat = encode({ data, width: edge, height: edge, channels: 1, depth: 8 });
      file(`large/truth/${n}.png`, flat);
      file(
        `large/pred/${n}.png`,
        n % 2 === 0 ? flat : encode({ data: data.toReversed(), width: edge, height: edge, channels: 1, depth: 8 }),
      );
    }
    const asked = "score --pred large/pred --target large/truth --metric dice --csv",
      [one, two, three] = [1, 2, 3].map((jobs) => run(`${asked} --jobs ${jobs}`));
    expect([one.status, one.stdout.match(/^score,\d,/gm)?.length]).toEqual([0, 30]);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
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
    expect(run(`${single} --resume journal.jsonl`)).toEqual(whole);
    expect(cases().slice(0, kept.length)).toEqual(kept);
    expect(cases().sort()).toEqual(
      Array.from({ length: count }, (_, n) => `pred/case${String(n).padStart(2, "0")}.png`),
    );
    // All done: nothing is read, nothing added.
    const after = readFileSync(path, "utf8");
    expect(run(`${single} --resume journal.jsonl`)).toEqual(whole);
    expect(readFileSync(path, "utf8")).toBe(after);
  });

  test("whose last line was cut loses that line only", () => {
    const text = readFileSync(path, "utf8"),
      last = text.lastIndexOf("\n", text.length - 2) + 1;
    for (const end of [last + 1, text.length - 1, text.length - 40]) {
      writeFileSync(path, text.slice(0, end));
      expect(run(`${single} --resume journal.jsonl`)).toEqual(whole);
      expect(cases()).toHaveLength(count);
    }
    writeFileSync(path, text.slice(0, 30));
    expect(run(`${single} --resume journal.jsonl`)).toEqual(whole);
    expect(cases()).toHaveLength(count);
  });

  test("of files that name others is of another run when those change", () => {
    const header = ["NDims = 2", "DimSize = 2 2", "ElementType = MET_UCHAR", "ElementDataFile = a.raw", ""];
    file("headers/a.mhd", Buffer.from(header.join("\n")));
    file("headers/a.raw", Uint8Array.of(0, 1, 1, 0));
    const segments = [{ id: 1, category_id: 1 }],
      images = [{ id: 7, file_name: "a.jpg", height: 2, width: 2 }],
      set = {
        images,
        categories: [{ id: 1, name: "cat" }],
        annotations: [{ image_id: 7, file_name: "a.png", segments_info: segments }],
      };
    file("panoptic.json", Buffer.from(JSON.stringify(set)));
    const ids = (at: number) => {
      const data = new Uint8Array(12);
      data[3 * at] = 1;
      return encode({ data, width: 2, height: 2, channels: 3, depth: 8 });
    };
    file("panoptic/a.png", ids(0));
    const runs = [
      ["headers/a.mhd", "headers.jsonl", "headers/a.raw", Uint8Array.of(0, 1, 1, 1)],
      ["panoptic.json", "panoptic.jsonl", "panoptic/a.png", ids(3)],
    ] as const;
    for (const [path, journal, part, bytes] of runs) {
      const words = `score --pred ${path} --target ${path} --metric dice --json --resume ${journal}`;
      expect(run(words)).toMatchObject({ status: 0 });
      expect(run(words)).toMatchObject({ status: 0 });
      file(part, bytes);
      utimesSync(join(folder, part), new Date(2020, 1), new Date(2020, 1));
      expect(run(words)).toMatchObject({ status: 1, stderr: expect.stringMatching(/is of another run/) });
    }
  });

  test("of another run, or none at all, is refused", () => {
    expect(run(`${single} --include-background --resume journal.jsonl`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/is of another run: its files or options were others/),
    });
    run(`${single} --map 1=1 2=2 --resume mapped.jsonl`);
    expect(run(`${single} --map 1=2 2=1 --resume mapped.jsonl`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/mapped.jsonl: is of another run/),
    });
    file("notes.txt", Buffer.from("milk\nbread\n"));
    expect(run(`${single} --resume notes.txt`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/notes.txt: line 1 is no JSON/),
    });
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("milk\nbread\n");
  });
});

describe("parts of a run", () => {
  const asked = "score --pred pred --target truth --metric dice hausdorffDistance accuracy --map 1=1 2=2",
    part = (n: number, of: number, more = "") => run(`${asked} --shard ${n}/${of} --state ${of}/${n}.bin ${more}`),
    states = (of: number, ...parts: number[]) => parts.map((n) => `${of}/${n}.bin`).join(" ");
  for (const of of [1, 3]) for (let n = 1; n <= of; n++) part(n, of, n === 2 ? "--jobs 2" : "--jobs 1");

  run(`${asked} --ignore-index 1 --shard 3/3 --state other.bin --jobs 1`);
  const bytes = readFileSync(join(folder, "3/1.bin"));
  file("cut.bin", bytes.subarray(0, bytes.length - 9));

  test.each(["--json", "--csv", "-o table.txt", ""])("%s: merged in any order are the output of one run", (output) => {
    const once = run(`${asked} --jobs 1 ${output}`.trim()),
      table = () => (output.startsWith("-o") ? readFileSync(join(folder, "table.txt"), "utf8") : "");
    const text = table();
    for (const order of [states(3, 1, 2, 3), states(3, 3, 1, 2), states(1, 1)]) {
      const { status, stdout } = run(`merge ${order} ${output}`.trim());
      expect([status, stdout, table()]).toEqual([once.status, once.stdout, text]);
    }
  });

  test("hold each case once", () => {
    const one = run(`${asked} --json --shard 2/3 --jobs 1`),
      { results } = JSON.parse(one.stdout) as { results: { item: string }[] };
    expect(new Set(results.map(({ item }) => item.slice(-6))).size).toBe(7);
  });

  test.each<[string, string, RegExp]>([
    ["that is absent", states(3, 1, 3), /8 of 24 cases are in none of the states: case01.*and 3 more/],
    ["that comes twice", states(3, 1, 2, 2, 3), /is in 3\/2.bin and in 3\/2.bin; a case counts once/],
    ["of another run", `${states(3, 1, 2)} other.bin`, /other.bin: is of another run than 3\/1.bin/],
    ["that was cut", `cut.bin ${states(3, 2, 3)}`, /cut.bin: was cut or changed/],
    ["that is none", "truth/case00.png", /truth\/case00.png: is no state that segloss score --state wrote/],
    ["whose output is two", `${states(1, 1)} --json --csv`, /give one of --json and --csv/],
  ])("%s is refused", (_, given, message) => {
    expect(run(`merge ${given}`)).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(message) });
  });

  test.each(["0/2", "3/2", "2", "1/0", "a/b", "1/2/3"])("there is no part %s", (text) => {
    expect(run(`${asked} --shard ${text}`).stderr).toMatch(/--shard takes I\/N, such as 1\/4 to 4\/4/);
  });
});
