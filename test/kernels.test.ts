import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import type { LossName } from "../dist/index.js";
import { kernelLoader } from "../src/bindings/load";
import { createLibrary } from "../src/instance/instance";
import { losses, settingsFor } from "./support/library";
import { makeCase } from "./support/random";

const assembly = fileURLToPath(new URL("../assembly", import.meta.url)),
  frame = readFileSync(join(assembly, "tile/frame.ts"), "utf8");

describe("the drawing of a call's memory", () => {
  const drawing = frame.slice(0, frame.indexOf("*/")),
    words = [...drawing.matchAll(/`(\w+)`/g)].map(([, word]) => word),
    fields = [...frame.matchAll(/^ {2}(\w+): (\w+);/gm)].map(([, name, type]) => ({ name, type }));

  test("names what there is", () => {
    const source = (readdirSync(assembly, { recursive: true }) as string[])
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(assembly, file), "utf8"))
      .join("\n");
    const declared = new Set([...source.matchAll(/\b(?:class|const|enum|function) (\w+)/g)].map(([, name]) => name));
    for (const { name } of fields) declared.add(name);
    expect(words.length).toBeGreaterThan(10);
    expect(words.filter((word) => !declared.has(word))).toEqual([]);
  });

  test("has every address of the frame", () => {
    const own = ["pitch", "unitWeightPitch", "source"]; // bytes between planes, and what is on its way in
    const addresses = fields.filter(({ type, name }) => type === "usize" && !own.includes(name));
    expect(addresses.length).toBeGreaterThan(5);
    expect(addresses.map(({ name }) => name).filter((name) => !words.includes(name))).toEqual([]);
  });
});

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
