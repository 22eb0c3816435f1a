import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import type { LossName } from "../dist/index.js";
import { kernelLoader } from "../src/bindings/load";
import { createLibrary } from "../src/instance/instance";
import { losses, settingsFor } from "./support/library";
import { makeCase } from "./support/random";

describe("memory that a call takes", () => {
  const variants = [
    ...losses.map((declaration) => ({ declaration, options: {} })),
    ...[{ variant: "erosion" }, { variant: "convolution" }].map((options) => ({
      declaration: losses.find(({ name }) => name === "hausdorffDistance") as (typeof losses)[number],
      options,
    })),
  ];
  const takers = new Set<string>(),
    wasm = readFileSync(fileURLToPath(new URL("../dist/segloss.wasm", import.meta.url))),
    network = readFileSync(fileURLToPath(new URL("../dist/inverse-form.bin", import.meta.url)));

  test.each(variants)("$declaration.name $options is given back, whichever area is one too many", async (each) => {
    const { declaration, options } = each,
      kernels = await kernelLoader(wasm)(),
      library = createLibrary(kernels),
      { memory } = kernels,
      inputs = makeCase(settingsFor(declaration)[0], 5, [15, 16]);
    await library.loadInverseForm(network);
    const loss = library.create(declaration.name as LossName, { ...inputs.options, ...options }),
      run = () => loss.valueAndGrad(inputs.pred, inputs.target).value,
      value = run(),
      before = memory.taken,
      take = memory.take.bind(memory);
    let calls = 0,
      failing = 0;
    const spy = vi.spyOn(memory, "take").mockImplementation((bytes, what) => {
      if (++calls === failing) throw new Error("no more");
      return take(bytes, what);
    });
    run();
    const areas = calls;
    if (areas > 0) takers.add(declaration.name);
    for (failing = 1; failing <= areas; failing++) {
      calls = 0;
      expect(run).toThrow("no more");
      expect(memory.taken).toBe(before);
    }
    spy.mockRestore();
    expect([run(), memory.taken]).toEqual([value, before]);
  });

  test("is taken by the losses of whole planes and of neighbours", () => {
    const boundaries = ["activeBoundary", "conditionalBoundary", "hausdorffDistance", "inverseForm"];
    expect([...takers]).toEqual(expect.arrayContaining([...boundaries, "lovaszSoftmax", "regionMutualInformation"]));
  });
});
