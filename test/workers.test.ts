import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Declaration, type Extra, metricCatalog, SegLossError, type TensorLike } from "../dist/index.js";
import { type AsyncLoss, createPool, type Pool } from "../dist/workers.js";
import { bits, create, errorOf, firstSetting, losses, seg, settingsFor } from "./support/library";
import { makeCase, makersOf, Random, settings } from "./support/random";

// Several tiles a sample, so that shares end within one.
const LABELS = settings[0];
const SPATIAL = [92, 95];
const pools: Pool[] = [];
beforeAll(async () => {
  for (const workers of [1, 2, 3]) pools.push(await createPool({ workers, splitAbove: 0 }));
});
afterAll(() => {
  for (const pool of pools) pool.dispose();
});

const asyncLoss = (pool: Pool, name: string, options: object): AsyncLoss => pool.create(name as "dice", options);
const inShared = <T extends Float32Array | Uint8Array | Int32Array>(data: T): T => {
  const copy = new (data.constructor as new (buffer: SharedArrayBuffer) => T)(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
};
const shared = ({ data, shape }: { readonly data: unknown; readonly shape: readonly number[] }) => ({
  data: inShared(data as Float32Array),
  shape,
});

async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: Error) => error,
  );
}

const spatialOf = ({ needs }: Declaration, index: number) => (needs.planar || index % 2 === 0 ? SPATIAL : [20, 21, 22]);

describe("the same bits as on one thread", () => {
  const cases = losses.flatMap((declaration) =>
    settingsFor(declaration).map((each, i) => ({ declaration, each, i, label: `${declaration.name}, ${each.name}` })),
  );
  test.each(cases)("$label", async ({ declaration, each, i }) => {
    const { pred, target, options } = makeCase(each, 300 + i, spatialOf(declaration, i), 3),
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
      inputs = Array.from({ length: 100 }, (_, i) => makeCase(LABELS, i, i % 3 === 0 ? SPATIAL : [5, 6]));
    const found = await Promise.all(inputs.map(({ pred, target }) => loss.valueAndGrad(pred, target)));
    for (const [i, { pred, target }] of inputs.entries())
      expect(bits(found[i])).toEqual(bits(seg.dice().valueAndGrad(pred, target)));
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
      const needed = (name === "normalizedSurfaceDice" ? { tolerance: 1 } : {}) as never;
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
        /its data holds 0$/,
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
    for (const pool of pools) {
      for (const name of ["dice", "boundary", "hausdorffDistance", "activeBoundary"]) {
        const loss = asyncLoss(pool, name, {}),
          prepared = await loss.prepare(target),
          whole = bits(create(name).valueAndGrad(pred, target));
        for (let n = 0; n < 3; n++) expect(bits(await loss.valueAndGrad(pred, prepared))).toEqual(whole);
        prepared.dispose();
        expect(bits(await loss.valueAndGrad(pred, prepared))).toEqual(whole);
      }
    }
  });
});

describe("errors", () => {
  const { pred, target } = makeCase(LABELS, 12, SPATIAL);
  const wrong = { ...target, data: (target.data as Uint8Array).slice().fill(9, 9000) };

  test("are those of an instance, and the pool goes on", async () => {
    const misuse: [unknown, unknown, unknown?][] = [
      [pred, wrong],
      [target, pred],
      [pred, 3],
      [null, target],
      [{ data: pred.data, shape: [1, 2] }, target],
      [pred, target, { weight: 1 }],
      [pred, target, null],
      [pred, target, { out: new Float32Array(3) }],
      [pred, target, { out: [1] }],
    ];
    for (const pool of pools) {
      for (const [p, t, extra] of misuse) {
        const here = errorOf(() => seg.dice().valueAndGrad(p as TensorLike, t as TensorLike, extra as Extra)),
          there = await rejection(pool.dice().valueAndGrad(p as TensorLike, t as TensorLike, extra as Extra));
        expect(there).toBeInstanceOf(SegLossError);
        expect([there.code, there.message]).toEqual([here.code, here.message]);
      }
      expect(await pool.dice().value(pred, target)).toBe(seg.dice().value(pred, target));
      expect((await rejection(pool.distanceTransform(pred as never, { spacing: [-1] }))).message).toBe(
        errorOf(() => seg.distanceTransform(pred as never, { spacing: [-1] })).message,
      );
    }
  });

  test("options are refused at once", () => {
    const [pool] = pools;
    expect(errorOf(() => pool.dice({ smoth: 1 } as never)).message).toBe(
      errorOf(() => seg.dice({ smoth: 1 } as never)).message,
    );
    expect(errorOf(() => pool.create("dyce" as never)).code).toBe("INVALID_OPTION");
    expect(errorOf(() => pool.weightedSum([{ weight: 1, loss: seg.dice() as never }])).message).toMatch(
      /made by this instance/,
    );
  });

  test.each([
    ["workers", { workers: 0 }, /workers must be a whole number of at least 1, got 0/],
    ["splitAbove", { splitAbove: -1 }, /splitAbove must be a whole number of at least 0, got -1/],
  ])("createPool refuses %s", async (_, options, message) => {
    expect((await rejection(createPool(options))).message).toMatch(message);
  });

  test.each([
    ["no worker's file", { worker: new URL("file:///nowhere/worker.js") }, "a worker did not start"],
    ["no kernels", { wasm: new Uint8Array([1, 2, 3]) }, "the kernels cannot be loaded in a worker"],
  ])("a pool with %s does not start", async (_, options, message) => {
    const error = await rejection(createPool({ workers: 2, ...options }));
    expect(error).toMatchObject({ code: "WORKER_LOST" });
    expect(error.message).toContain(message);
  });
});

describe("workers that die", () => {
  test("fail their call and are replaced", async () => {
    const pool = await createPool({
        workers: 2,
        splitAbove: 0,
        worker: new URL("./workers/mortal.mjs", import.meta.url),
      }),
      { pred, target } = makeCase(LABELS, 13, SPATIAL),
      expected = seg.dice().value(pred, target),
      deadly = { ...pred, data: pred.data.slice().fill(666, 0, 1) };
    for (let n = 0; n < 3; n++) {
      const calls = [
          pool.dice().value(pred, target),
          pool.dice().value(deadly, target),
          pool.dice().value(pred, target),
        ],
        [first, second, third] = await Promise.allSettled(calls);
      expect(second).toMatchObject({
        status: "rejected",
        reason: { code: "WORKER_LOST", message: expect.stringMatching(/ended with code 7/) },
      });
      expect([first, third]).toEqual([
        { status: "fulfilled", value: expected },
        { status: "fulfilled", value: expected },
      ]);
    }
    pool.dispose();
  });
});

describe("an AbortSignal", () => {
  const { pred, target } = makeCase(LABELS, 14, SPATIAL),
    volume = { data: new Float32Array(2 * 96 * 96 * 96).map((_, i) => Math.sin(i)), shape: [1, 2, 96, 96, 96] },
    labels = { data: new Uint8Array(96 ** 3).map((_, i) => (i % 97 === 0 ? 1 : 0)), shape: [1, 96, 96, 96] };

  test("gives up a call under way and those that wait", async () => {
    for (const pool of pools) {
      const controller = new AbortController(),
        { signal } = controller,
        slow = pool.hausdorffDistance(),
        calls = [0, 1, 2, 3, 4].map(() => rejection(slow.value(volume, labels, { signal }))),
        other = pool.dice().value(pred, target);
      setTimeout(() => controller.abort(new Error("enough")), 20);
      for (const call of calls) expect((await call).message).toBe("enough");
      expect(await other).toBe(seg.dice().value(pred, target));
      expect((await rejection(pool.dice().value(pred, target, { signal }))).message).toBe("enough");
    }
  });

  test("does nothing afterwards", async () => {
    const [, pool] = pools,
      controller = new AbortController();
    expect(await pool.dice().value(pred, target, { signal: controller.signal })).toBe(seg.dice().value(pred, target));
    controller.abort();
    expect(await pool.dice().value(pred, target)).toBe(seg.dice().value(pred, target));
  });
});

describe("map", () => {
  const { pred, target } = makeCase(LABELS, 15, [5, 6]);
  test("keeps the order and tells how far it is", async () => {
    const [, pool] = pools,
      seen: number[] = [],
      loss = pool.dice();
    let most = 0,
      running = 0;
    const found = await pool.map(
      Array.from({ length: 20 }, (_, i) => i),
      async (i) => {
        most = Math.max(most, ++running);
        const value = await loss.value({ ...pred, data: pred.data.map((x) => x * i) }, target);
        running--;
        return value;
      },
      { onProgress: ({ done, total }) => seen.push(done, total), concurrency: 3 },
    );
    expect(found).toEqual(
      Array.from({ length: 20 }, (_, i) => seg.dice().value({ ...pred, data: pred.data.map((x) => x * i) }, target)),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => [i + 1, 20]).flat());
    expect(most).toBe(3);
    expect(await pool.map([], async () => 1)).toEqual([]);
  });

  test("ends with the first failure, and when it is given up", async () => {
    const [, pool] = pools,
      controller = new AbortController();
    let started = 0;
    const work = async (i: number) => {
      started++;
      if (i === 5) throw new Error("five");
      if (i === 50) controller.abort(new Error("fifty"));
      return pool.dice().value(pred, target);
    };
    const items = Array.from({ length: 100 }, (_, i) => i);
    expect((await rejection(pool.map(items, work))).message).toBe("five");
    expect(started).toBeLessThan(20);
    expect((await rejection(pool.map(items.slice(10), work, { signal: controller.signal }))).message).toBe("fifty");
  });
});

describe("dispose", () => {
  test("ends what is under way and all that comes later", async () => {
    const pool = await createPool({ workers: 1 }),
      { pred, target } = makeCase(LABELS, 16),
      loss = pool.dice(),
      pending = [rejection(loss.value(pred, target)), rejection(loss.value(pred, target))];
    pool.dispose();
    for (const error of await Promise.all([
      ...pending,
      rejection(loss.value(pred, target)),
      rejection(pool.softmax(pred)),
    ]))
      expect(error.code).toBe("DISPOSED");
    expect(errorOf(() => pool.dice()).code).toBe("DISPOSED");
    pool.dispose();
  });

  test("is not needed for a process to end", () => {
    const script = `const { createPool } = await import(${JSON.stringify(new URL("../dist/workers.js", import.meta.url).href)});
      const pool = await createPool({ workers: 2 });
      console.log(await pool.dice().value({ data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 1, 2] }, { data: Uint8Array.of(0, 1), shape: [1, 1, 2] }));`;
    const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect([status, Number(stdout)]).toEqual([
      0,
      seg
        .dice()
        .value(
          { data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 1, 2] },
          { data: Uint8Array.of(0, 1), shape: [1, 1, 2] },
        ),
    ]);
  });
});

test("memory is flat over 3,000 calls", async () => {
  const pool = await createPool({ workers: 2, splitAbove: 0 }),
    { pred, target } = makeCase(LABELS, 17, SPATIAL),
    loss = pool.dice();
  const bytes = async (calls: number) => {
    for (let n = 0; n < calls; n++) await loss.valueAndGrad(pred, target);
    return process.memoryUsage().rss;
  };
  const before = await bytes(1000);
  expect((await bytes(2000)) - before).toBeLessThan(64 * 1048576);
  pool.dispose();
});
