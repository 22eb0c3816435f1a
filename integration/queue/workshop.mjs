import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";

const cli = fileURLToPath(new URL("node_modules/segloss/dist/cli.js", import.meta.url));

/** A folder of cases: one cannot be read, one has another size than its target, the first is far larger than others. */
export function makeCases(count, size, first) {
  const folder = mkdtempSync(join(tmpdir(), "segloss-queue-"));
  for (const side of ["pred", "truth"]) mkdirSync(join(folder, side));
  for (let n = 0; n < count; n++) {
    const edge = n === 0 ? first : size,
      labels = Uint8Array.from({ length: edge * edge }, (_, i) =>
        Math.sin(i * (n + 1) * 0.001) > 0.3 ? 1 + (n % 2) : 0,
      ),
      pred = labels.map((v, i) => (i % (n + 5) === 0 ? (v + 1) % 3 : v)),
      name = `case${String(n).padStart(2, "0")}.png`,
      png = (data, height = edge) => encode({ data, width: edge, height, channels: 1, depth: 8 });
    writeFileSync(join(folder, "truth", name), png(labels));
    const broken = n === 7 ? png(pred).subarray(0, 50) : n === 11 ? png(pred.subarray(0, edge), 1) : png(pred);
    writeFileSync(join(folder, "pred", name), broken);
  }
  return folder;
}

/** A run of the command to its end, on this machine. */
export function run(folder, line, command = cli) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...line.trim().split(" ")], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** A run of the command that goes on: what it says, and its end. */
export function start(folder, line) {
  const child = spawn(process.execPath, [cli, ...line.trim().split(" ")], { cwd: folder }),
    said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"])
    child[stream].setEncoding("utf8").on("data", (text) => {
      said[stream] += text;
    });
  const ended = once(child, "close").then(([status]) => ({ status, ...said }));
  return { child, said, ended, pid: child.pid };
}

/** Waits until something holds; fails with what was said where it never does. */
export async function until(holds, what, patience = 60_000) {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what()}`);
    await new Promise((go) => setTimeout(go, 10));
  }
}
