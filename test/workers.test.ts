import { describe, expect, test } from "vitest";
import { type Declaration, type Extra, metricCatalog } from "../dist/index.js";
import { bits, create, firstSetting, losses, seg, settingsFor } from "./support/library";
import { required } from "./support/metrics";
import { asyncLoss, LABELS, rejection, SPATIAL, sharedPools } from "./support/pools";
import { type Case, makeCase, makersOf, Random, type Setting } from "./support/random";

const pools = sharedPools();

const inShared = <T extends Float32Array | Uint8Array | Int32Array>(data: T): T => {
  const copy = new (data.constructor as new (buffer: SharedArrayBuffer) => T)(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
};
const shared = ({ data, shape }: { readonly data: unknown; readonly shape: readonly number[] }) => ({
  data: inShared(data as Float32Array),
  shape,
});

const spatialOf = ({ needs }: Declaration, index: number) => (needs.planar || index % 2 === 0 ? SPATIAL : [20, 21, 22]);

/** The same inputs for all losses: large ones take longer to make than a call takes. */
const made = new Map<string, Case>();
function inputsOf(each: Setting, index: number, spatial: readonly number[]): Case {
  const key = `${each.name} ${index} ${spatial}`,
    inputs = made.get(key) ?? makeCase(each, 300 + index, spatial, 3);
  made.set(key, inputs);
  return inputs;
}

describe("the same bits as on one thread", () => {
  const cases = losses.flatMap((declaration) =>
    settingsFor(declaration).map((each, i) => ({ declaration, each, i, label: `${declaration.name}, ${each.name}` })),
  );
  test.each(cases)("$label", async ({ declaration, each, i }) => {
    const { pred, target, options } = inputsOf(each, i, spatialOf(declaration, i)),
      loss = create(declaration.name, options),
      expected = bits(loss.valueAndGrad(pred, target));
    for (const pool of i === 0 ? pools : [pools[1 + (i % 2)]]) {
      const own = asyncLoss(pool, declaration.name, options);
      expect(bits(await own.valueAndGrad(pred, target))).toEqual(expected);
      expect(await own.value(pred, target)).toBe(loss.value(pred, target));
    }
  });

  test.each(losses.filter(({ extras }) => extras.length > 0).map((each) => [each.name, each] as const))(
    "%s with extra inputs",
    async (name, declaration) => {
      const each = firstSetting(declaration),
        { pred, target, options } = makeCase(each, 7, SPATIAL),
        sizes = { classes: each.classes, pixels: SPATIAL[0] * SPATIAL[1], batch: 2 };
      for (const maker of makersOf(declaration)) {
        for (const extra of maker.make(new Random(3), sizes)) {
          const all = { ...options, ...maker.options },
            expected = bits(create(name, all).valueAndGrad(pred, target, extra as Extra));
          for (const pool of pools)
            expect(bits(await asyncLoss(pool, name, all).valueAndGrad(pred, target, extra as Extra))).toEqual(expected);
        }
      }
    },
  );

  test.each(losses)("tables of $name", async (declaration) => {
    const { name } = declaration,
      { pred, target, options } = inputsOf(firstSetting(declaration), 0, [12, 13]),
      loss = create(name, options),
      own = asyncLoss(pools[1], name, options);
    for (const table of ["perPixel", "perClass", "perSample"] as const) {
      const here = await Promise.resolve()
        .then(() => loss[table](pred, target))
        .catch((error: Error) => error.message);
      expect(await own[table](pred, target).catch((error: Error) => error.message)).toEqual(here);
    }
  });

  test("tables take no out, and take kept targets", async () => {
    const { pred, target } = inputsOf(LABELS, 0, [12, 13]),
      own = asyncLoss(pools[1], "dice", {}),
      kept = await own.prepare(target);
    expect(await rejection(own.perClass(pred, target, { out: new Float32Array(9) }))).toMatchObject({
      code: "INVALID_OPTION",
      message: "dice: perClass gives losses, and no gradient that out could take",
    });
    expect(await own.perClass(pred, kept)).toEqual(create("dice", {}).perClass(pred, target));
    expect(await own.perSample(pred, kept)).toEqual(create("dice", {}).perSample(pred, target));
  });

  test("weighted sums and presets", async () => {
    const { pred, target } = makeCase(LABELS, 5, SPATIAL);
    const sum = (library: Pick<typeof seg, "dice" | "focal" | "weightedSum">) =>
      library.weightedSum([
        { weight: 0.3, loss: library.dice() },
        { weight: 2, loss: library.focal({ gamma: 1.5 }) },
      ]);
    const mixed = (library: typeof seg) =>
      library.weightedSum([
        { weight: 0.3, loss: library.dice({ activation: "sigmoid" }) },
        { weight: 2, loss: library.lovaszSoftmax() },
        { weight: 1, loss: library.boundary() },
      ]);
    for (const pool of pools) {
      const library = pool as unknown as typeof seg;
      expect(bits(await sum(library).valueAndGrad(pred, target))).toEqual(bits(sum(seg).valueAndGrad(pred, target)));
      expect(bits(await mixed(library).valueAndGrad(pred, target))).toEqual(
        bits(mixed(seg).valueAndGrad(pred, target)),
      );
      const preset = pool.preset("nnunet.DC_and_CE_loss");
      expect(bits(await preset.valueAndGrad(pred, target))).toEqual(
        bits(seg.preset("nnunet.DC_and_CE_loss").valueAndGrad(pred, target)),
      );
      expect(preset.options).toEqual(seg.preset("nnunet.DC_and_CE_loss").options);
      // What the sum is divided by depends on the tensors.
      const fitted = pool.preset("kornia.focal_loss", { weight: Array(pred.shape[1]).fill(2) }),
        alone = seg.preset("kornia.focal_loss", { weight: Array(pred.shape[1]).fill(2) });
      expect(bits(await fitted.valueAndGrad(pred, target))).toEqual(bits(alone.valueAndGrad(pred, target)));
      const both = pool.weightedSum([
        { weight: 2, loss: fitted },
        { weight: -1, loss: preset },
      ]);
      expect(bits(await both.valueAndGrad(pred, target))).toEqual(
        bits(
          seg
            .weightedSum([
              { weight: 2, loss: alone },
              { weight: -1, loss: seg.preset("nnunet.DC_and_CE_loss") },
            ])
            .valueAndGrad(pred, target),
        ),
      );
    }
  });

  test("a hundred calls at once", async () => {
    const [, pool] = pools,
      loss = pool.dice(),
      inputs = Array.from({ length: 12 }, (_, i) => makeCase(LABELS, i, i % 3 === 0 ? SPATIAL : [5, 6])),
      wanted = inputs.map(({ pred, target }) => bits(seg.dice().valueAndGrad(pred, target)));
    const found = await Promise.all(
      Array.from({ length: 100 }, (_, i) => loss.valueAndGrad(inputs[i % 12].pred, inputs[i % 12].target)),
    );
    for (const [i, each] of found.entries()) expect(bits(each)).toEqual(wanted[i % 12]);
  });

  test("utilities and metrics", async () => {
    const [, pool] = pools,
      { pred, target } = makeCase(LABELS, 9, [12, 13]);
    expect(await pool.softmax(pred)).toEqual(seg.softmax(pred));
    expect(await pool.argmax(pred)).toEqual(seg.argmax(pred));
    expect(await pool.distanceTransform(target, { spacing: [1, 2] })).toEqual(
      seg.distanceTransform(target, { spacing: [1, 2] }),
    );
    const out = new Float32Array(target.data.length),
      distances = await pool.distanceTransform(target, { out });
    expect(distances.data).toBe(out);
    expect(out).toEqual(seg.distanceTransform(target).data);
    for (const { name } of metricCatalog) {
      const needed = (required[name] ?? {}) as never;
      expect(await pool.metrics[name](pred, target, needed)).toEqual(seg.metrics[name](pred, target, needed));
    }
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(seg)).filter(
      (name) => !["constructor", "tensor", "dispose", "loadInverseForm"].includes(name),
    );
    // inspect takes one loss of the instance, and looks: it is no step of training.
    for (const name of methods)
      if (!/^(check|evaluator|inspect)$/.test(name))
        expect(typeof (pool as unknown as Record<string, unknown>)[name], name).toBe("function");
  });
});

describe("inputs and outputs", () => {
  const { pred, target } = makeCase(LABELS, 11, SPATIAL),
    expected = seg.dice().valueAndGrad(pred, target);

  test("what is shared is read and written in place", async () => {
    for (const pool of pools) {
      const out = inShared(new Float32Array(pred.data.length)),
        { value, grad } = await pool.dice().valueAndGrad(shared(pred), shared(target), { out });
      expect(grad).toBe(out);
      expect([value, Array.from(out)]).toEqual([expected.value, Array.from(expected.grad)]);
    }
  });

  test("plain arrays are copied, also views of larger ones, and out is written", async () => {
    const wide = new Float32Array(pred.data.length + 9);
    wide.set(pred.data, 5);
    for (const pool of pools) {
      const out = new Float32Array(pred.data.length),
        own = { data: wide.subarray(5, 5 + pred.data.length), shape: pred.shape },
        answer = pool.dice().valueAndGrad(own, target, { out });
      wide.fill(9); // copied when the call was made
      expect((await answer).grad).toBe(out);
      expect(Array.from(out)).toEqual(Array.from(expected.grad));
      wide.set(pred.data, 5);
      expect(await pool.dice().value(own, target)).toBe(expected.value);
      expect(own.data.length).toBe(pred.data.length);
    }
  });

  test("transfer moves buffers instead", async () => {
    const [pool] = pools,
      data = pred.data.slice();
    const labels = { ...target, data: target.data.slice() },
      { value } = await pool.dice().valueAndGrad({ data, shape: pred.shape }, labels, { transfer: true });
    expect([value, data.length, labels.data.length]).toEqual([expected.value, 0, 0]);
    for (const each of pools)
      expect((await rejection(each.dice().value({ data, shape: pred.shape }, target))).message).toMatch(
        /its data holds 0 \(if it held some before, its buffer was transferred/,
      );
  });

  test("tensors in a module's memory", async () => {
    const own = await (await import("../dist/index.js")).load(),
      resident = own.tensor(pred.shape);
    resident.data.set(pred.data);
    for (const pool of pools) {
      const answer = await pool
        .dice()
        .valueAndGrad(resident, { ...target, data: target.data.slice() }, { transfer: true, out: resident.data });
      expect(answer.value).toBe(expected.value);
      expect(Array.from(resident.data)).toEqual(Array.from(expected.grad));
      resident.data.set(pred.data);
    }
  });

  test("what is written to a target after prepare changes nothing, in shared memory either", async () => {
    const shared = { ...target, data: new Uint8Array(new SharedArrayBuffer(target.data.length)) },
      expected = bits(create("dice").valueAndGrad(pred, target));
    for (const pool of pools) {
      shared.data.set(target.data);
      const loss = asyncLoss(pool, "dice", {}),
        prepared = await loss.prepare(shared);
      shared.data.fill(0);
      expect(bits(await loss.valueAndGrad(pred, prepared))).toEqual(expected);
    }
  });

  test("prepared targets are kept by the workers, and forgotten", async () => {
    for (const name of ["dice", "boundary", "hausdorffDistance", "activeBoundary"]) {
      const whole = bits(create(name).valueAndGrad(pred, target));
      for (const pool of pools) {
        const loss = asyncLoss(pool, name, {}),
          prepared = await loss.prepare(target);
        for (let n = 0; n < 3; n++) expect(bits(await loss.valueAndGrad(pred, prepared))).toEqual(whole);
        prepared.dispose();
        expect(bits(await loss.valueAndGrad(pred, prepared))).toEqual(whole);
      }
    }
  });
});
