import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { load, type MetricName, type SegLoss } from "../dist/index.js";
import { create } from "./support/library";
import { makeCase, settings } from "./support/random";
import { readVectors } from "./support/vectors";

const read = (path: string) => readFileSync(new URL(path, import.meta.url));
const module = new WebAssembly.Module(read("../dist/segloss.wasm"));
const exported = WebAssembly.Module.exports(module);

const called = new Set<string>(),
  missing = new Set<string>();

/** An instance that notes which kernels run, and what is asked for that the module does not export. */
async function watched(): Promise<SegLoss> {
  const { instantiate } = WebAssembly;
  const watch = (exports: WebAssembly.Exports) => {
    const noted = Object.entries(exports).map(([name, what]) => [
      name,
      typeof what === "function"
        ? (...given: number[]) => {
            called.add(name);
            return what(...given);
          }
        : what,
    ]);
    return new Proxy(Object.fromEntries(noted), {
      get(all, name) {
        // The loader asks for what a runtime of AssemblyScript may have, and ours has not.
        if (typeof name === "string" && !(name in all) && !/^__|^table$/.test(name)) missing.add(name);
        return all[name as string];
      },
    });
  };
  WebAssembly.instantiate = (async (source: WebAssembly.Module, imports: WebAssembly.Imports) => ({
    exports: watch((await instantiate(source, imports)).exports),
  })) as unknown as typeof instantiate;
  try {
    return await load({ wasm: module });
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

const seg = await watched();

/** Every case of the vectors, and what only sums of losses, larger images and softmax alone need. */
function callAll(): void {
  for (const name of readdirSync(new URL("./vectors", import.meta.url)).filter((each) => !each.includes(".")))
    for (const { loss, utility, metric, options, inputs } of readVectors(name)) {
      const { pred, target, ...extra } = inputs;
      if (loss && !(loss in seg)) continue;
      if (loss) create(loss, options, seg).valueAndGrad(pred, target, extra);
      else if (metric) seg.metrics[metric as MetricName](pred, target, options);
      else
        (seg[utility as keyof SegLoss] as unknown as (...given: unknown[]) => void)(Object.values(inputs)[0], options);
    }
  const { pred, target } = makeCase(settings[0], 1, [64, 64]);
  const parts = ["lovaszSoftmax", "regionMutualInformation"].map((name) => ({
    weight: 1,
    loss: create(name, { activation: "softmax" }, seg),
  }));
  seg.weightedSum(parts).valueAndGrad(pred, target);
  seg.hausdorffDistance({ alpha: 1 }).value(pred, target);
  const probabilities = seg.softmax(pred);
  probabilities.data[0] = -0.0005; // no probability, but within its slack: divergences are decided one by one
  seg.activeBoundary({ activation: "none" }).value(probabilities, target);
  const halves = { data: Float32Array.of(0.5, 0.5, 0, 1, 0.5, 0.5, 0, 0), shape: [1, 2, 2, 2] }; // one pixel is void
  seg.dice({ ignoreIndex: 255 }).value(halves, halves);
}

test("every kernel is used, and none is missing", () => {
  callAll();
  expect([...missing]).toEqual([]);
  const kernels = exported.filter(({ kind }) => kind === "function").map(({ name }) => name);
  expect(kernels.length).toBeGreaterThan(50);
  expect(kernels.filter((name) => !called.has(name))).toEqual([]);
});
