import { describe, expect, test } from "vitest";
import { bits, create, losses, seg, setting, settingsFor } from "./support/library";
import { asyncLoss, sharedPools } from "./support/pools";
import { type Case, makeCase, type Setting } from "./support/random";

/** Losses whose terms have parts (planes, lists, samples) that workers share out, and options that change them. */
const LOSSES: Readonly<Record<string, readonly object[]>> = {
  lovaszSoftmax: [
    {},
    { batch: false, classes: "all" },
    { classes: "zeroAbsent", includeBackground: false },
    { batch: false, reduction: "sum" },
  ],
  lovaszHinge: [{}, { batch: false, classes: "all" }, { average: "micro", classes: "all", batch: false }],
  hausdorffDistance: [
    {},
    { log: true },
    { oneSided: true },
    { variant: "erosion", erosions: 3, reduction: "sum" },
    { variant: "convolution", radii: [1, 2], log: true, includeBackground: false },
  ],
  regionMutualInformation: [
    {},
    { crossEntropyWeight: 0, includeBackground: false },
    { pool: "max" },
    { crossEntropyWeight: 0, radius: 10, poolSize: 9 },
  ],
  activeBoundary: [{}, { maxBoundaryRatio: 1, detachNeighbors: false }, { distance: "truncated", reduction: "sum" }],
};

const SPATIAL = [46, 95];
const pools = sharedPools();

const inShared = <T extends Float32Array | Uint8Array | Int32Array>(data: T): T => {
  const copy = new (data.constructor as new (buffer: SharedArrayBuffer) => T)(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
};

/** A case in which the last sample does not count, and class 1 is absent from the first, where labels are given. */
function bare(each: Setting, seed: number, batch: number): Case {
  const made = makeCase(each, seed, SPATIAL, batch),
    { data } = made.target,
    { ignoreIndex } = made.options as { readonly ignoreIndex?: number },
    pixels = SPATIAL[0] * SPATIAL[1];
  if (data instanceof Float32Array) return made;
  for (let i = 0; i < pixels; i++) if (data[i] === 1) data[i] = 0;
  if (batch > 1 && ignoreIndex !== undefined) data.fill(ignoreIndex, (batch - 1) * pixels);
  return made;
}

describe.each(Object.keys(LOSSES))("parts of %s", (name) => {
  const declaration = losses.find((loss) => loss.name === name) as (typeof losses)[number],
    settings = settingsFor(declaration).filter(({ name }) => !/one channel/.test(name)),
    one = settingsFor(declaration).filter(({ name }) => /one channel/.test(name));
  const cases = LOSSES[name].flatMap((own, n) =>
    [1, 2, 3, 5].map((batch, i) => {
      const some = n === 0 && i === 2 && one.length > 0 ? one : settings;
      return { own, batch, each: some[(4 * n + 3 * i) % some.length], n };
    }),
  );
  test.each(cases)("$own, $batch samples, $each.name", async ({ own, batch, each, n }) => {
    const { pred, target, options } = bare(each, 40 + n, batch),
      all = { ...options, ...own },
      loss = create(name, all),
      expected = bits(loss.valueAndGrad(pred, target));
    for (const pool of pools.slice(1)) {
      const shared = asyncLoss(pool, name, all);
      expect(bits(await shared.valueAndGrad(pred, target))).toEqual(expected);
      expect(await shared.value(pred, target)).toBe(loss.value(pred, target));
      // Of tensors in shared memory, with the gradient in pred's place.
      const out = inShared(pred.data),
        labels = { ...target, data: inShared(target.data as Uint8Array) };
      expect(bits(await shared.valueAndGrad({ ...pred, data: out }, labels, { out }))).toEqual(expected);
    }
  });
});

test.each(["lovaszSoftmax", "lovaszHinge", "hausdorffDistance"])("parts of %s with weights of pixels", async (name) => {
  const { pred, target } = bare(setting("channelsLast, labels"), 9, 3),
    options = { layout: "channelsLast", batch: false },
    own = name === "hausdorffDistance" ? { layout: "channelsLast" } : options,
    pixelWeights = Float32Array.from({ length: target.data.length }, (_, i) => (i % 7) / 3),
    expected = bits(create(name, own).valueAndGrad(pred, target, { pixelWeights }));
  for (const pool of pools)
    expect(bits(await asyncLoss(pool, name, own).valueAndGrad(pred, target, { pixelWeights }))).toEqual(expected);
});

test("parts of the terms of a sum", async () => {
  const sum = (library: Pick<typeof seg, "weightedSum" | "create">) =>
    library.weightedSum([
      { weight: 0.5, loss: library.create("lovaszSoftmax", { classes: "all" }) },
      { weight: 2, loss: library.create("dice", {}) },
      { weight: 0.3, loss: library.create("hausdorffDistance", { log: true }) },
      { weight: 1.5, loss: library.create("activeBoundary", { maxBoundaryRatio: 1 }) },
      { weight: -1, loss: library.create("boundary", {}) },
      { weight: 0.7, loss: library.create("regionMutualInformation", { activation: "softmax" }) },
    ] as never);
  for (const batch of [1, 2, 3, 5]) {
    const { pred, target } = bare(setting("softmax, labels"), batch, batch),
      expected = bits(sum(seg).valueAndGrad(pred, target));
    for (const pool of pools) {
      const shared = sum(pool as unknown as typeof seg);
      expect(bits(await shared.valueAndGrad(pred, target))).toEqual(expected);
      expect(await shared.value(pred, target)).toBe(sum(seg).value(pred, target));
    }
  }
});
