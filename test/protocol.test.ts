import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { type LossName, load, type SegLoss } from "../dist/index.js";
import type { Exports } from "../dist/kernels.js";
import { losses, seg, settingsFor } from "./support/library";
import { makeCase } from "./support/random";
import { valueError } from "./support/vectors";

const root = fileURLToPath(new URL("..", import.meta.url));

describe("a debug build of the kernels", () => {
  let library: SegLoss, exports: Exports & { forget(from: number, to: number): void };

  beforeAll(async () => {
    execFileSync("npm", ["run", "build:debug"], { cwd: root, stdio: "ignore", shell: process.platform === "win32" });
    const wasm = readFileSync(`${root}/build/debug.wasm`),
      abort = () => {
        throw new Error("assertion");
      };
    library = await load({ wasm });
    await library.loadInverseForm();
    await seg.loadInverseForm();
    const { instance } = await WebAssembly.instantiate(wasm, { env: { abort } });
    exports = instance.exports as unknown as typeof exports;
  }, 120_000);

  const samples: readonly [LossName, object][] = [
    ["crossEntropy", {}],
    ["dice", {}],
    ["activeBoundary", {}],
    ["conditionalBoundary", {}],
    ["inverseForm", {}],
    ["regionMutualInformation", {}],
    ["hausdorffDistance", { variant: "erosion" }],
    ["hausdorffDistance", { variant: "convolution" }],
  ];
  test.each(samples)("%s %o keeps to the protocol", (name, options) => {
    const [each] = settingsFor(losses.find((loss) => loss.name === name) as (typeof losses)[number]),
      { pred, target, options: own } = makeCase(each, 6, [33, 34]);
    // Twice, so that nothing rests on what an earlier call has left.
    for (let i = 0; i < 2; i++) {
      const value = library.create(name, { ...own, ...options }).valueAndGrad(pred, target).value,
        expected = seg.create(name, { ...own, ...options }).valueAndGrad(pred, target).value;
      expect(valueError(value, expected)).toBeLessThan(1e-6);
    }
  });

  test.each<[string, (kernels: Exports) => unknown]>([
    ["a tile", (kernels) => kernels.dice(kernels["Step.GatherLabels"].value, 0, 16)],
    ["setRows", ({ divergences }) => divergences(0, 0, 0)],
    ["setWindows", ({ countAnchors }) => countAnchors(0)],
    ["setImage", ({ listRow }) => listRow(0, 0)],
    ["setTiles", ({ takeTile }) => takeTile(0, 0, 0)],
    ["setEdges and setBand", ({ addTargetEdges }) => addTargetEdges(0, 0)],
    ["setInverseForm", ({ startSums }) => startSums(0, 0)],
    ["setConditionalBoundary", ({ conditionalBoundaryRow }) => conditionalBoundaryRow(0, 0)],
  ])("stops what comes without %s", (_, call) => {
    expect(() => call(exports)).toThrow("assertion");
  });

  test("forgets what was said of memory that is given back", () => {
    const at = exports.heap.value;
    exports.setTiles(1, 0, 0, 0, at);
    exports.takeTile(at, 0, at);
    exports.forget(at + 1, at + 2);
    exports.takeTile(at, 0, at);
    exports.forget(at, at + 1);
    expect(() => exports.takeTile(at, 0, at)).toThrow("assertion");
  });
});
