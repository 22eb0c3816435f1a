import { describe, expect, test } from "vitest";
import { type Loss, mergeShards, SegLossError, ShardSums } from "../dist/index.js";
import { create, errorOf, expectSame, losses, seg, setting, supported } from "./support/library";
import { type Case, makeCase, product, Random } from "./support/random";

const BATCH = 5;
const spatial = [9, 13];
/** More than one tile a sample. */
const large = [140, 120];
const cuts = [0, 2, 3, BATCH];

/** Samples [first, end) of a case. */
function samples({ pred, target }: Pick<Case, "pred" | "target">, first: number, end: number) {
  const cut = <T extends { data: ArrayLike<number>; shape: readonly number[] }>({ data, shape }: T): T => {
    const each = product(shape.slice(1));
    return {
      data: (data as Uint8Array).slice(first * each, end * each),
      shape: [end - first, ...shape.slice(1)],
    } as never;
  };
  return { pred: cut(pred), target: cut(target) };
}

/** Value and gradient by shards, which are gathered in any order and sent as bytes. */
function byShards(loss: Loss, given: Case, seed = 1) {
  const random = new Random(seed),
    shards = cuts.slice(1).map((end, n) => ({ first: cuts[n], ...samples(given, cuts[n], end) })),
    sums = random
      .order(shards.length)
      .map((n) => loss.gather(shards[n].pred, shards[n].target, { first: shards[n].first }).toBytes()),
    whole = mergeShards(sums);
  const parts = shards.map(({ pred, target, first }) =>
      loss.valueAndGradFrom(whole.toBytes(), pred, target, { first }),
    ),
    grad = new Float32Array(given.pred.data.length);
  let at = 0;
  for (const part of parts) {
    grad.set(part.grad, at);
    at += part.grad.length;
  }
  expect(new Set(parts.map(({ value }) => value)).size).toBe(1);
  return { value: parts[0].value, grad, grads: parts[0].grads, terms: parts[0].terms };
}

/** Whether a loss is a function of sums. */
function gathers(loss: Loss, given: Case): boolean {
  try {
    loss.gather(given.pred, given.target);
    return true;
  } catch (error) {
    if (error instanceof SegLossError && error.code === "UNSUPPORTED") return false;
    throw error;
  }
}

const gathered = new Set<string>();
describe("value and gradient by shards have the bits of one call", () => {
  test.each(supported)("$label", ({ name, setting: each, declaration }) => {
    const given = makeCase(each, 91, spatial, BATCH),
      sets: object[] = [{}];
    if ("batch" in declaration.options) sets.push({ batch: true });
    if ("reduction" in declaration.options) sets.push({ reduction: "sum" });
    for (const more of sets) {
      const loss = create(name, { ...given.options, ...more });
      if (!gathers(loss, given)) continue;
      gathered.add(name);
      expect(byShards(loss, given)).toEqual(loss.valueAndGrad(given.pred, given.target));
    }
  });

  test.each(["crossEntropy", "dice", "matthewsCorrelation"])("%s of one-hot targets, all or some", (name) => {
    const given = makeCase(setting("softmax, soft target"), 96, spatial, BATCH),
      { data, shape } = given.target,
      size = product(spatial),
      loss = create(name, { ...given.options, ...(name === "crossEntropy" ? {} : { batch: true }) }),
      // The largest of each pixel's, of so many samples.
      hot = (samples: number) => ({
        shape,
        data: data.map((t, i) => {
          const b = Math.floor(i / (3 * size)),
            first = 3 * b * size + (i % size),
            most = Math.max(data[first], data[first + size], data[first + 2 * size]);
          return b < samples ? Number(t === most) : t;
        }) as Float32Array,
      });
    const all = { ...given, target: hot(BATCH) },
      some = { ...given, target: hot(2) };
    expect(byShards(loss, all)).toEqual(loss.valueAndGrad(all.pred, all.target));
    expectSame(byShards(loss, some), loss.valueAndGrad(some.pred, some.target));
  });

  test.each(["crossEntropy", "dice", "tversky", "unifiedFocal"])("%s of samples of several tiles", (name) => {
    const given = makeCase(setting("softmax, ignoreIndex"), 95, large, BATCH),
      loss = create(name, { ...given.options, ...(name === "crossEntropy" ? {} : { batch: true }) });
    expect(byShards(loss, given)).toEqual(loss.valueAndGrad(given.pred, given.target));
  });

  test("of the losses that are functions of sums", () => {
    expect(losses.map(({ name }) => name).filter((name) => gathered.has(name))).toMatchInlineSnapshot(`
      [
        "crossEntropy",
        "focal",
        "poly",
        "marginCalibration",
        "dice",
        "logCoshDice",
        "generalizedWassersteinDice",
        "iou",
        "tversky",
        "focalTversky",
        "sensitivitySpecificity",
        "robustT",
        "generalizedDice",
        "matthewsCorrelation",
        "boundaryAware",
        "combo",
        "exponentialLogarithmic",
        "unifiedFocal",
        "diceFocal",
      ]
    `);
  });

  test("of a weighted sum, with its terms", () => {
    const given = makeCase(setting("softmax, ignoreIndex"), 92, spatial, BATCH),
      of = given.options as { ignoreIndex: number },
      loss = seg.weightedSum([
        { weight: 0.7, loss: seg.dice({ batch: true, ...of }) },
        { weight: 0.3, loss: seg.crossEntropy({ classWeights: [1, 2, 3], ...of }) },
        { weight: 0.2, loss: seg.tversky({ activation: "sigmoid", ...of }) },
      ]);
    expect(byShards(loss, given, 3)).toEqual(loss.valueAndGrad(given.pred, given.target));
  });

  test("not of another library's loss, which is made for the size of its tensors", () => {
    const given = makeCase(setting("softmax, labels"), 93, spatial, BATCH),
      loss = seg.preset("monai.DiceLoss", { to_onehot_y: true, softmax: true, batch: true }),
      { code, message } = errorOf(() => byShards(loss, given, 4));
    expect(code).toBe("UNSUPPORTED");
    expect(message).toMatch(/monai\.DiceLoss: it depends on the size of the tensors/);
  });
});

describe("shards are refused", () => {
  const given = makeCase(setting("softmax, labels"), 94, [6, 7], 4),
    loss = seg.dice({ batch: true }),
    part = (first: number, end: number, of = loss) => {
      const { pred, target } = samples(given, first, end);
      return of.gather(pred, target, { first });
    },
    code = (work: () => unknown, expected: string, message: RegExp) => {
      const error = errorOf(work);
      expect(error.message).toMatch(message);
      expect(error.code).toBe(expected);
    };

  test("that overlap, leave samples out, or are of other losses", () => {
    code(() => mergeShards([part(0, 2), part(1, 3)]), "INVALID_STATE", /sample 1 is in two shards/);
    code(() => mergeShards([part(3, 4), part(0, 2)]), "INVALID_STATE", /no shard has samples 2 to 2/);
    code(() => mergeShards([part(0, 2), part(2, 4, seg.iou())]), "INVALID_STATE", /shards of different calls/);
    code(() => mergeShards([part(0, 2), part(2, 4, seg.dice())]), "INVALID_STATE", /shards of different calls/);
    code(() => mergeShards([]), "INVALID_OPTION", /expected a list/);
    code(() => mergeShards([seg.dice().state().toBytes()]), "INVALID_STATE", /are of a state/);
    code(() => ShardSums.fromBytes(part(0, 1).toBytes().subarray(0, 40)), "INVALID_STATE", /check sum is wrong/);
    for (const first of [-1, 0.5, "0"])
      code(() => loss.gather(given.pred, given.target, { first: first as number }), "INVALID_OPTION", /first must be/);
  });

  test("where more is given than sums are kept of", () => {
    const weights = { pixelWeights: new Float32Array(given.target.data.length) } as object,
      unknown = /unknown option "pixelWeights"; sums that are kept are of pixels without weights/;
    code(() => loss.gather(given.pred, given.target, weights), "INVALID_OPTION", unknown);
    const sums = loss.gather(given.pred, given.target, {});
    code(() => loss.valueAndGradFrom(sums, given.pred, given.target, weights), "INVALID_OPTION", unknown);
    code(() => loss.state().update(given.pred, given.target, { ids: ["a"], ...weights }), "INVALID_OPTION", unknown);
    code(() => loss.gather(given.pred, given.target, { fist: 1 } as object), "INVALID_OPTION", /did you mean first\?/);
  });

  test("where a gradient is asked for that their sums are not of", () => {
    const whole = mergeShards([part(0, 2), part(2, 4)]),
      { pred, target } = samples(given, 2, 4);
    code(() => loss.valueAndGradFrom(part(2, 4), pred, target, { first: 2 }), "INVALID_STATE", /begin at sample 2/);
    code(() => loss.valueAndGradFrom(whole, pred, target), "INVALID_STATE", /is first right\?/);
    code(() => loss.valueAndGradFrom(whole, pred, target, { first: 3 }), "INVALID_STATE", /are of 4 samples/);
    code(() => seg.iou().valueAndGradFrom(whole, pred, target, { first: 2 }), "INVALID_STATE", /of another call/);
  });

  test("by losses that are no functions of sums", () => {
    const why = (name: string, options = {}) => errorOf(() => create(name, options).gather(given.pred, given.target));
    for (const [name, message] of [
      ["lovaszSoftmax", /ranks or filters whole planes/],
      ["topK", /ranks pixels/],
      ["boundary", /makes a map of the target/],
      ["activeBoundary", /makes a map of the target/],
    ] as const) {
      expect(why(name).code).toBe("UNSUPPORTED");
      expect(why(name).message).toMatch(message);
    }
    expect(why("deepSupervision", { loss: "dice" }).message).toMatch(/evaluates another loss/);
  });
});

describe("a state of a loss", () => {
  const given = makeCase(setting("softmax, labels"), 95, [12, 13], 6),
    ids = ["f", "a", "c", "b", "e", "d"],
    filled = (loss: Loss, order: readonly number[]) => {
      const state = loss.state();
      for (const n of order) {
        const { pred, target } = samples(given, n, n + 1);
        state.update(pred, target, { ids: [ids[n]] });
      }
      return state;
    };

  test.each(["crossEntropy", "dice", "generalizedDice", "combo", "unifiedFocal", "lovaszSoftmax", "boundary"])(
    "%s is the same in any order and any parts",
    (name) => {
      const loss = create(name),
        whole = loss.state();
      whole.update(given.pred, given.target, { ids });
      const bytes = whole.toBytes(),
        result = whole.result(),
        random = new Random(96);
      for (let round = 0; round < 100; round++) {
        const order = random.order(6),
          cut = random.below(7),
          [left, right] = [filled(loss, order.slice(0, cut)), filled(loss, order.slice(cut))];
        left.merge(random.below(2) ? right : right.toBytes());
        expect(Buffer.compare(left.toBytes(), bytes)).toBe(0);
      }
      expect(loss.stateFrom(bytes).result()).toEqual(result);
      const one = samples(given, 1, 2);
      expect(result.ids).toEqual([...ids].sort());
      expect(result.values[0]).toBe(loss.value(one.pred, one.target));
      expect(result.pooled === undefined).toBe(name === "lovaszSoftmax" || name === "boundary");
    },
  );

  test.each(["crossEntropy", "dice", "generalizedDice", "tversky", "unifiedFocal", "matthewsCorrelation"])(
    "%s of all pixels together is that of a batch of which they are one pool",
    (name) => {
      const loss = create(name, name === "crossEntropy" ? {} : { batch: true }),
        { pooled } = filled(loss, [3, 1, 0, 2, 5, 4]).result(),
        { value } = loss.valueAndGrad(given.pred, given.target);
      expect(Math.abs((pooled as number) - value)).toBeLessThanOrEqual(1e-7 * Math.abs(value));
    },
  );

  test("takes cases of any size, and no case twice", () => {
    const loss = seg.dice(),
      state = filled(loss, [0, 1]),
      small = makeCase(setting("softmax, labels"), 97, [4, 5], 1),
      code = (work: () => unknown, message: RegExp) => expect(errorOf(work).message).toMatch(message);
    state.update(small.pred, small.target, { ids: ["small"] });
    expect(state.size).toBe(3);
    code(() => filled(loss, [2, 1]).merge(state), /case "a" is counted already/);
    code(() => state.update(given.pred, given.target, { ids: ["z"] }), /ids has 1 name, but pred has 6 samples/);
    code(
      () =>
        seg
          .lovaszSoftmax()
          .state()
          .update(given.pred, given.target, { ids: ["z"] }),
      /pred has 6 samples/,
    );
    code(() => seg.iou().stateFrom(state.toBytes()), /other options/);
    code(() => loss.stateFrom(undefined as never), /got undefined/);
    code(() => seg.metrics.stateFrom(state.toBytes()), /of a loss's state/);
    const sum = seg.weightedSum([{ weight: 1, loss }]),
      old = sum.state();
    sum.setWeights([2]);
    code(() => old.update(small.pred, small.target, { ids: ["s"] }), /weights were set anew/);
  });
});
