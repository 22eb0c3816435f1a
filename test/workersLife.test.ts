import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type Extra, SegLossError, type TensorLike } from "../dist/index.js";
import { createPool } from "../dist/workers.js";
import { errorOf, seg } from "./support/library";
import { LABELS, rejection, SPATIAL, sharedPools } from "./support/pools";
import { makeCase } from "./support/random";

const pools = sharedPools();

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
    voxels = 96 ** 3,
    // In memory that is shared: copies would take as long as a call, and one could end before all are under way.
    volume = { data: new Float32Array(new SharedArrayBuffer(8 * voxels)), shape: [1, 2, 96, 96, 96] },
    labels = { data: new Uint8Array(new SharedArrayBuffer(voxels)), shape: [1, 96, 96, 96] };
  for (let i = 0; i < 2 * voxels; i++) volume.data[i] = Math.sin(i);
  for (let i = 0; i < voxels; i += 97) labels.data[i] = 1;

  test("gives up a call under way and those that wait", async () => {
    for (const pool of pools) {
      const controller = new AbortController(),
        { signal } = controller,
        slow = pool.hausdorffDistance(),
        calls = [0, 1, 2, 3, 4].map(() => rejection(slow.value(volume, labels, { signal }))),
        other = pool.dice().value(pred, target);
      // The workers have been told by now, and the first takes 130 ms.
      setImmediate(() => controller.abort(new Error("enough")));
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
    const { href } = new URL("../dist/workers.js", import.meta.url);
    const script = `const { createPool } = await import(${JSON.stringify(href)});
      const pool = await createPool({ workers: 2 });
      const pred = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 1, 2] };
      console.log(await pool.dice().value(pred, { data: Uint8Array.of(0, 1), shape: [1, 1, 2] }));`;
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
