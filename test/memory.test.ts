import { describe, expect, test } from "vitest";
import { load, type SegLoss } from "../dist/index.js";
import { bits, create, errorOf, isSpatial, isWhole, losses, settingsFor } from "./support/library";
import { makeCase, Random, settings } from "./support/random";

/** How large the module's memory is: a resident tensor is a view of all of it. */
async function instance(): Promise<{ seg: SegLoss; bytes: () => number }> {
  const seg = await load(),
    witness = seg.tensor([1]);
  return { seg, bytes: () => witness.data.buffer.byteLength };
}

const MB = 1048576;
const fill = (data: Float32Array, seed: number, scale = 2) => {
  const random = new Random(seed);
  // A short period is enough, and quick.
  const some = random.normals(Math.min(data.length, 9973), scale);
  for (let i = 0; i < data.length; i++) data[i] = some[i % 9973];
  return data;
};

describe("nothing leaks", () => {
  test("10,000 calls leave memory as large as it was", async () => {
    const { seg, bytes } = await instance();
    const calls = losses.flatMap((declaration) =>
      settingsFor(declaration).map((each) => {
        const { pred, target, options } = makeCase(each, 71),
          loss = create(declaration.name, options, seg);
        return () => {
          loss.valueAndGrad(pred, target);
          loss.value(pred, loss.prepare(target));
        };
      }),
    );
    for (const call of calls) call();
    const before = bytes();
    for (let n = 0; n < 10000; n++) calls[n % calls.length]();
    expect(bytes()).toBe(before);
  });

  test("nor do errors, new losses, tensors and utilities", async () => {
    const { seg, bytes } = await instance(),
      { pred, target } = makeCase(settings[0], 72),
      wrong = { ...target, data: target.data.slice().fill(9) };
    const round = () => {
      errorOf(() => seg.dice().value(pred, wrong));
      errorOf(() => seg.dice().value(pred, pred));
      errorOf(() => seg.tensor([2 ** 40]));
      const tensors = [seg.tensor([3, 1000]), seg.tensor([77], "uint8"), seg.tensor([500], "int32")];
      seg.softmax(pred);
      seg.argmax(pred);
      seg.distanceTransform(target);
      seg.signedDistanceTransform(target);
      seg.boundaryMask(target);
      seg.boundaryAwareDecode(seg.boundaryAwareEncode(target as never, { bins: 5 }), { bins: 5 });
      seg
        .weightedSum([
          { weight: 1, loss: seg.dice() },
          { weight: 1, loss: seg.distanceMapCrossEntropy() },
        ])
        .valueAndGrad(pred, target);
      for (const i of [1, 0, 2]) tensors[i].dispose();
    };
    round();
    const before = bytes();
    for (let n = 0; n < 300; n++) round();
    expect(bytes()).toBe(before);
  });

  test("class counts may change from call to call", async () => {
    const { seg, bytes } = await instance(),
      sizes = [2, 150, 1, 21, 300, 3];
    const round = () =>
      sizes.map((classes) => {
        const { pred, target } = makeCase({ name: "", activation: "sigmoid", classes, target: "labels" }, 73);
        return bits(seg.dice({ activation: "sigmoid" }).valueAndGrad(pred, target));
      });
    const first = round();
    const before = bytes();
    for (let n = 0; n < 20; n++) expect(round()).toEqual(first);
    expect(bytes()).toBe(before);
  });
});

describe("growth", () => {
  test("between calls changes no result, whether the class count grows or shrinks", async () => {
    const few = makeCase({ ...settings[0], classes: 2 }, 74),
      many = makeCase({ ...settings[0], classes: 200 }, 74, [3, 4]),
      { seg } = await instance();
    const fresh = async (inputs: typeof few) => bits((await load()).dice().valueAndGrad(inputs.pred, inputs.target));
    const expected = [await fresh(few), await fresh(many)];
    for (const inputs of [many, few, few, many, few])
      expect(bits(seg.dice().valueAndGrad(inputs.pred, inputs.target))).toEqual(expected[inputs === few ? 0 : 1]);
  });

  test("resident tensors keep what they hold, read anew; views from before are cut off", async () => {
    const { seg, bytes } = await instance(),
      shape = [2, 3, 5, 7],
      inputs = makeCase(settings[0], 75),
      pred = seg.tensor(shape),
      target = seg.tensor([2, 5, 7], "uint8"),
      ints = seg.tensor([2, 5, 7], "int32");
    pred.data.set(inputs.pred.data);
    target.data.set(inputs.target.data);
    ints.data.set(inputs.target.data);
    const loss = seg.dice(),
      expected = bits(loss.valueAndGrad(pred, target)),
      stale = pred.data,
      before = bytes();
    const large = seg.tensor([16 * MB]);
    expect(bytes()).toBeGreaterThanOrEqual(before + 64 * MB);
    expect(stale.length).toBe(0);
    const gone = /\b0 \(if it held some before, its buffer was transferred, or its memory grew: take the tensor's data/;
    for (const mistake of [
      () => loss.value({ data: stale, shape }, target),
      () => loss.valueAndGrad(pred, target, { out: stale }),
      () => seg.softmax(pred, { out: stale }),
    ])
      expect(errorOf(mistake)).toMatchObject({ code: "SHAPE_MISMATCH", message: expect.stringMatching(gone) });
    expect([Array.from(pred.data), Array.from(target.data), Array.from(ints.data)]).toEqual([
      Array.from(inputs.pred.data),
      ...Array(2).fill(Array.from(inputs.target.data)),
    ]);
    expect([bits(loss.valueAndGrad(pred, target)), bits(loss.valueAndGrad(pred, ints))]).toEqual([expected, expected]);
    large.dispose();
    expect(bits(loss.valueAndGrad(pred, target))).toEqual(expected);
  });

  test("in the middle of a call, with everything resident", async () => {
    // A new instance has no room for a tile yet, so that the first call grows memory while its arguments are views of
    // it.
    for (const { name } of losses) {
      const { seg } = await instance(),
        inputs = makeCase({ ...settings[0], classes: 40 }, 76),
        pred = seg.tensor(inputs.pred.shape),
        target = seg.tensor(inputs.target.shape, "uint8"),
        grad = seg.tensor(inputs.pred.shape);
      pred.data.set(inputs.pred.data);
      target.data.set(inputs.target.data);
      const stale = { pred: pred.data, target: target.data, out: grad.data },
        expected = bits(create(name).valueAndGrad(inputs.pred, inputs.target));
      const result = create(name, {}, seg).valueAndGrad(
        { data: stale.pred, shape: pred.shape },
        { data: stale.target, shape: target.shape },
        { out: stale.out },
      );
      expect(result.value, name).toBe(expected.value);
      expect(Array.from(grad.data)).toEqual(Array.from(expected.grad));
      expect(result.grad.length === 0 || result.grad.buffer === grad.data.buffer).toBe(true);
    }
  });
});

test("maps of a call are those of a prepared target, though memory grows between making and reading them", async () => {
  const inputs = makeCase({ ...settings[0], classes: 2 }, 79, [60, 300]),
    // Twice, so that what one loss makes is read by another.
    mapped = losses.filter(({ prepares, wraps }) => prepares && !wraps),
    terms = (seg: SegLoss) => [...mapped, ...mapped].map(({ name }) => ({ weight: 0.5, loss: create(name, {}, seg) }));
  const { seg, bytes } = await instance(),
    sum = seg.weightedSum(terms(seg)),
    other = (await instance()).seg,
    kept = other.weightedSum(terms(other));
  const expected = bits(kept.valueAndGrad(inputs.pred, kept.prepare(inputs.target)));
  expect(bits(sum.valueAndGrad(inputs.pred, inputs.target))).toEqual(expected);
  const before = bytes();
  for (let n = 0; n < 20; n++) sum.valueAndGrad(inputs.pred, inputs.target);
  expect(bytes()).toBe(before);
});

describe("tensors", () => {
  test("give their memory back", async () => {
    const { seg, bytes } = await instance(),
      tensor = seg.tensor([MB]);
    tensor.dispose();
    const before = bytes();
    for (let n = 0; n < 50; n++) seg.tensor([MB]).dispose();
    const parts = Array.from({ length: 16 }, () => seg.tensor([MB / 16]));
    for (const i of new Random(77).order(16)) parts[i].dispose();
    seg.tensor([MB]).dispose(); // the parts have become one block again
    expect(bytes()).toBe(before);
  });

  test("start at zero, do not overlap, and outlive their neighbours", async () => {
    const { seg } = await instance(),
      random = new Random(78),
      live = new Map<number, { tensor: ReturnType<SegLoss["tensor"]>; mark: number }>();
    for (let n = 1; n <= 400; n++) {
      const dtype = (["float32", "uint8", "int32"] as const)[n % 3],
        tensor = seg.tensor([1 + random.below(300)], dtype);
      expect(tensor.data.every((x: number) => x === 0)).toBe(true);
      tensor.data.fill(n % 251);
      live.set(n, { tensor, mark: n % 251 });
      const gone = 1 + random.below(n);
      if (random.next() < 0.6) {
        live.get(gone)?.tensor.dispose();
        live.delete(gone);
      }
      if (n % 50 === 0)
        create("dice", {}, seg).value(
          { data: new Float32Array(n * 4), shape: [1, n, 2, 2] },
          { data: new Uint8Array(4), shape: [1, 2, 2] },
        );
    }
    expect(live.size).toBeGreaterThan(50);
    for (const { tensor, mark } of live.values()) expect(tensor.data.every((x: number) => x === mark)).toBe(true);
  });

  test("of no numbers", async () => {
    const { seg } = await instance(),
      empty = seg.tensor([0, 3, 2, 2]);
    expect(empty.data.length).toBe(0);
    expect(seg.dice().value(empty, seg.tensor([0, 2, 2], "uint8"))).toBe(0);
    empty.dispose();
  });
});

test("large inputs are streamed", async () => {
  // 64 MB of logits; what needs distances or rankings of a class needs whole planes and is left out.
  const shape = [1, 4, 2048, 2048],
    pixels = 2048 * 2048,
    pred = { data: fill(new Float32Array(4 * pixels), 79), shape },
    out = new Float32Array(4 * pixels);
  const target = { data: Uint8Array.from({ length: pixels }, (_, i) => (i >> 9) & 3), shape: [1, 2048, 2048] };
  const { seg, bytes } = await instance(),
    streamed = losses.filter((declaration) => !isSpatial(declaration) && !declaration.needs.hard),
    check = (name: string, most: number) => {
      const { value, grad } = create(name, {}, seg).valueAndGrad(pred, target, { out });
      expect(Number.isFinite(value) && grad === out).toBe(true);
      expect(bytes(), name).toBeLessThan(most);
    };
  for (const declaration of streamed) if (!isWhole(declaration)) check(declaration.name, 8 * MB);
  // A ranking takes a number a pixel, once.
  for (const declaration of streamed) if (isWhole(declaration)) check(declaration.name, 8 * MB + 4 * pixels);
  // Sums over four million pixels keep their accuracy.
  let sum = 0;
  for (let i = 0; i < pixels; i++) {
    let total = 0;
    for (let c = 0; c < 4; c++) total += Math.exp(pred.data[c * pixels + i]);
    sum += Math.log(total) - pred.data[target.data[i] * pixels + i];
  }
  expect(Math.abs(seg.crossEntropy({ reduction: "sum" }).value(pred, target) / sum - 1)).toBeLessThanOrEqual(1e-6);
});
