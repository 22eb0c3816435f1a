// segloss in a process of its own, asked as scipy_peer.py is.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { load } from "../../dist/index.js";

const seg = await load(),
  hd95 = { name: "hausdorffDistance", as: "hd95", options: { percentile: 95, quantile: "pooled" } };
const sets = {
  hd95: [hd95],
  seven: [
    "dice",
    "iou",
    hd95,
    { name: "averageSymmetricSurfaceDistance", as: "assd" },
    { name: "meanSurfaceDistance", as: "asd" },
    { name: "normalizedSurfaceDice", as: "surfaceDice", options: { tolerance: 2 } },
    "boundaryIou",
  ],
};
const read = (file, View) => new View(new Uint8Array(readFileSync(file)).buffer);

let evaluate = () => ({});
for await (const line of createInterface({ input: process.stdin })) {
  const { folder, shape, spacing, labels, bytes, set, metric } = JSON.parse(line);
  if (folder) {
    const View = bytes === 1 ? Uint8Array : Uint16Array,
      [pred, target] = ["pred", "target"].map((side) => ({
        data: read(`${folder}/${side}.bin`, View),
        shape: [1, ...shape],
      })),
      every = Array.from({ length: labels }, (_, i) => 1 + i);
    evaluate = set
      ? () => seg.metrics.evaluate(pred, target, sets[set], { labels: every, spacing })
      : () => seg.metrics.evaluate(pred, target, [metric]);
    // A metric by itself is timed where it is asked first.
    const found = set ? Object.entries(evaluate()) : [];
    console.log(JSON.stringify(every.map((_, c) => Object.fromEntries(found.map(([k, v]) => [k, v.perClass[c]])))));
    continue;
  }
  const start = performance.now(),
    before = process.cpuUsage();
  evaluate();
  const ms = performance.now() - start,
    { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms, cpu: (user + system) / 1000, peak: process.resourceUsage().maxRSS / 1024 }));
}
