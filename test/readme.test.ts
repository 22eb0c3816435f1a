import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { expect, test } from "vitest";
import { load } from "../dist/index.js";
import * as masks from "../dist/masks.js";
import { createPool } from "../dist/workers.js";
import { npy, workshop } from "./support/files";

const { folder, file } = workshop();
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(([, text]) => text);

test("its code runs", async () => {
  // What needs another library is run by the tests in integration/.
  const code = blocks("js")
      .filter((block) => !/@jax-js|tensorflow/.test(block))
      .join("\n")
      .replace(/^import .*$/gm, ""),
    modules: Record<string, unknown> = { load, createPool, ...masks },
    pixels = 8 * 256 * 256;
  const labels = new Uint8Array(pixels).map((_, i) => (i >> 12) % 21),
    logits = new Float32Array(21 * pixels).map((_, i) => Math.sin(i));
  const run = new Function(
    ...Object.keys(modules),
    "logits",
    "labels",
    "predictedLabels",
    `return (async () => { ${code}; return { value, grad, dice, distance, answer, classes, rle, byColour, byAlpha, mask, categories }; })()`,
  );
  const { value, grad, dice, distance, ...made } = await run(
    ...Object.values(modules),
    logits,
    labels,
    labels.slice().reverse(),
  );
  expect(value).toBeGreaterThan(0);
  expect(grad).toHaveLength(21 * pixels);
  expect(dice.perClass).toHaveLength(8 * 21);
  expect(distance.perClass).toHaveLength(8 * 20);
  expect(made.answer.grad).toHaveLength(21 * pixels);
  expect(made.classes.map(({ length }: Uint8Array) => length)).toEqual([65536, 65536, 65536, 65536]);
  expect(made.rle).toEqual({ size: [2, 2], counts: "121" });
  for (const name of ["byColour", "mask", "categories"])
    expect(made[name]).toEqual({ data: Uint8Array.of(0, 1, 1, 0), shape: [1, 2, 2] });
  expect(made.byAlpha.data).toEqual(Uint8Array.of(0, 1, 1, 0));
});

test("its command lines run", () => {
  const png = encode({ data: new Uint8Array(20).map((_, i) => i % 3), width: 5, height: 4, channels: 1, depth: 8 }),
    logits = npy("<f4", [3, 4, 5], new Float32Array(60));
  for (const name of ["logits.npy", "predictions/a.npy"]) file(name, logits);
  for (const name of ["labels.png", "labels/a.png"]) file(name, png);
  const lines = blocks("sh").flatMap((block) => block.split("\n").filter((line) => line.startsWith("npx segloss")));
  expect(lines.length).toBeGreaterThanOrEqual(3);
  for (const line of lines) {
    const command = line.replace("npx segloss", `"${process.execPath}" "${join(process.cwd(), "dist/cli.js")}"`);
    const { status, stdout, stderr } = spawnSync(command, { shell: true, cwd: folder, encoding: "utf8" });
    expect(`${status} ${stderr.replace(/^report: .*$/m, "").trim()}`).toBe("0 ");
    expect(stdout.length).toBeGreaterThan(100);
  }
});
