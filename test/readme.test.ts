import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { expect, test } from "vitest";
import { load } from "../dist/index.js";
import { npy, workshop } from "./files";

const { folder, file } = workshop();
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = (language: string) => [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(([, text]) => text);

test("its code runs", async () => {
  // What needs another library is run by the tests in integration/.
  const code = blocks("js")
      .filter((block) => !block.includes("segloss/"))
      .join("\n")
      .replace(/^import .*$/gm, ""),
    pixels = 8 * 256 * 256;
  const labels = new Uint8Array(pixels).map((_, i) => (i >> 12) % 21),
    logits = new Float32Array(21 * pixels).map((_, i) => Math.sin(i));
  const run = new Function("load", "logits", "labels", "predictedLabels", `return (async () => { ${code}; return { value, grad, dice, distance }; })()`);
  const { value, grad, dice, distance } = await run(load, logits, labels, labels.slice().reverse());
  expect(value).toBeGreaterThan(0);
  expect(grad).toHaveLength(21 * pixels);
  expect(dice.perClass).toHaveLength(8 * 21);
  expect(distance.perClass).toHaveLength(8 * 20);
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
