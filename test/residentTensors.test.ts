import { describe, expect, test } from "vitest";
import { load } from "../dist/index.js";
import { bits, create, losses, settingsFor, supports } from "./support/library";
import { type Case, makeCase, product, Random, type Setting } from "./support/random";
import { valueError } from "./support/vectors";

const seg = await load();

/** Images of whole vectors, which steps read and write where they are, of others, and of more than one tile. */
const sizes = [
  [16, 16],
  [15, 17],
  [136, 122],
];

/** The same as arrays and as resident tensors, between others of which no number may change. */
function both(name: string, { pred, target, options }: Case) {
  const expected = bits(create(name, options, seg).valueAndGrad(pred, target));
  const guards = [0, 1, 2].map(() => seg.tensor([64])),
    inside = seg.tensor(pred.shape),
    guard = seg.tensor([64]),
    grad = seg.tensor(pred.shape);
  for (const each of [...guards, guard]) each.data.fill(7);
  inside.data.set(pred.data);
  grad.data.fill(3);
  const loss = create(name, options, seg),
    result = loss.valueAndGrad(inside, target, { out: grad.data });
  expect(result.value, name).toBe(expected.value);
  expect(Array.from(grad.data), name).toEqual(Array.from(expected.grad));
  expect(Array.from(inside.data), name).toEqual(Array.from(pred.data));
  expect(loss.value(inside, target), name).toBe(create(name, options, seg).value(pred, target));
  const labels = target.data instanceof Uint8Array;
  if (labels || target.data instanceof Float32Array) {
    const resident = seg.tensor(target.shape, labels ? "uint8" : "float32");
    resident.data.set(target.data);
    expect(loss.valueAndGrad(inside, resident, { out: grad.data }).value, name).toBe(expected.value);
    expect(Array.from(grad.data), name).toEqual(Array.from(expected.grad));
    expect(Array.from(resident.data), name).toEqual(Array.from(target.data));
    resident.dispose();
  }
  for (const each of [...guards, guard]) expect(each.data.every((x) => x === 7)).toBe(true);
  for (const each of [...guards, guard, inside, grad]) each.dispose();
}

describe("resident tensors give the bits of arrays", () => {
  for (const declaration of losses) {
    test(declaration.name, () => {
      for (const setting of settingsFor(declaration))
        for (const [k, size] of sizes.entries()) {
          // Of several tiles where there are some, once for each activation.
          if (k === 2 && (declaration.needs.planar || !/labels$|one channel$/.test(setting.name))) continue;
          both(declaration.name, makeCase(setting, 81 + k, size));
        }
    });
  }

  test("and soft targets stay as they are, whatever smooths targets then", () => {
    const { pred, target } = makeCase({ name: "two", activation: "softmax", classes: 2, target: "soft" }, 86, [16, 32]),
      soft = seg.tensor(target.shape),
      labels = { data: new Uint8Array(1024), shape: [2, 16, 32] },
      { grad } = seg.dice().valueAndGrad(pred, target);
    soft.data.set(target.data);
    const out = seg.tensor(pred.shape);
    for (const smoothed of [labels, soft]) {
      expect(seg.dice().valueAndGrad(pred, soft, { out: out.data }).grad).toEqual(grad);
      expect(seg.crossEntropy({ labelSmoothing: 0.3 }).value(pred, smoothed)).toBeGreaterThan(0);
      expect(soft.data).toEqual(target.data);
    }
    for (const each of [soft, out]) each.dispose();
  });

  test.each([12, 60])("when more classes than a cache's ways share a tile, too: %d", (classes) => {
    for (const name of ["dice", "matthewsCorrelation", "crossEntropy", "topK", "boundary", "combo"])
      both(name, makeCase({ name: "many", activation: "softmax", classes, target: "labels" }, 84, [96, 128]));
    for (const target of ["labels", "soft"] as const)
      for (const name of ["dice", "crossEntropy", "combo"])
        both(name, makeCase({ name: "many", activation: "sigmoid", classes, target }, 84, [96, 128]));
  });

  // Errors of pooled samples stand as far apart as these do, if none is left out.
  test.each([2, 3])("when a sample between others has no pixel that counts: %d classes", (classes) => {
    const random = new Random(86),
      shape = [3, classes, 16, 16],
      data = Uint8Array.from({ length: 768 }, (_, i) =>
        i >= 256 && i < 512 ? 255 : Math.floor(classes * random.next()),
      ),
      inputs = {
        pred: { data: random.normals(product(shape)), shape },
        target: { data, shape: [3, 16, 16] },
        options: { ignoreIndex: 255 },
      };
    for (const name of ["lovaszSoftmax", "dice", "topK", "hausdorffDistance"]) both(name, inputs);
  });

  // A sum of two reads the logits again when the first has left its gradient; large ones are taken twice.
  test.each([
    ["dice", 1],
    ["dice", 60],
    ["crossEntropy", 60],
    ["focal", 1],
    ["sum", 1],
  ])("when the gradient takes the prediction's place: %s, logits times %d", (name, scale) => {
    const inputs = makeCase({ name: "three", activation: "softmax", classes: 3, target: "labels" }, 85, [16, 16]),
      pred = { ...inputs.pred, data: inputs.pred.data.map((z) => scale * z) },
      loss =
        name === "sum"
          ? seg.weightedSum([
              { weight: 1, loss: seg.crossEntropy() },
              { weight: 2, loss: seg.focal() },
            ])
          : create(name, {}, seg),
      tensor = seg.tensor(pred.shape);
    tensor.data.set(pred.data);
    const { value, grad } = loss.valueAndGrad(pred, inputs.target);
    expect(loss.valueAndGrad(tensor, inputs.target, { out: tensor.data }).value).toBe(value);
    expect(Array.from(tensor.data)).toEqual(Array.from(grad));
    tensor.dispose();
  });
});

describe("maps and weights that are resident, too, give the bits of arrays", () => {
  const n = [96, 92],
    pixels = n[0] * n[1];
  const wave = (length: number, by: number) => Float32Array.from({ length }, (_, i) => 2 * Math.sin(by * i));
  for (const classes of [2, 4, 12]) {
    const shape = [1, classes, ...n],
      pred = { data: wave(classes * pixels, 0.37), shape },
      target = { data: Uint8Array.from({ length: pixels }, (_, i) => (i >> 5) % classes), shape: [1, ...n] },
      map = { data: wave(classes * pixels, 0.11), shape },
      weights = { data: wave(pixels, 0.23).map((x) => Math.max(0, x)), shape: [1, ...n] };
    for (const [name, extra] of [
      ["boundary", { distanceMap: map }],
      ["boundary", { distanceMap: map, pixelWeights: weights }],
      ["dice", { pixelWeights: weights }],
      ["matthewsCorrelation", { pixelWeights: weights }],
      ["sensitivitySpecificity", { pixelWeights: weights }],
    ] as const)
      test(`${name} of ${classes} classes with ${Object.keys(extra).join(" and ")}`, () => {
        const loss = create(name, {}, seg),
          expected = bits(loss.valueAndGrad(pred, target, extra)),
          live = Object.entries(extra).map(([key, { data, shape: own }]) => {
            const tensor = seg.tensor(own);
            tensor.data.set(data);
            return [key, tensor] as const;
          }),
          inside = seg.tensor(shape),
          grad = seg.tensor(shape);
        inside.data.set(pred.data);
        const { value } = loss.valueAndGrad(inside, target, { ...Object.fromEntries(live), out: grad.data });
        expect(value).toBe(expected.value);
        expect(Array.from(grad.data)).toEqual(Array.from(expected.grad));
        for (const [, tensor] of live) tensor.dispose();
        inside.dispose();
        grad.dispose();
      });
  }
});

/** Kinds of terms go over the tile in one pass or in two, and leave probabilities in places of their own. */
const three = settingsFor(losses[0]).find(({ activation, classes }) => activation === "softmax" && classes === 3),
  able = losses.filter((each) => supports(each, three as Setting)),
  kinds = able.filter(({ weighing }, i) => able.findIndex((other) => other.weighing === weighing) === i);
describe.each(kinds.map(({ name }) => name))("a sum with %s", (name) => {
  const { pred, target, options } = makeCase(three as Setting, 87, [32, 16]),
    inside = seg.tensor(pred.shape),
    grad = seg.tensor(pred.shape);
  inside.data.set(pred.data);
  test.each(able.map((other) => other.name))("and %s is that of both, of arrays and of resident tensors", (other) => {
    const pair = [name, other].map((each) => create(each, options, seg)),
      sum = seg.weightedSum(pair.map((loss, i) => ({ weight: 1 + i, loss }))),
      [first, second] = pair.map((loss) => loss.valueAndGrad(pred, target)),
      expected = bits(sum.valueAndGrad(pred, target)),
      value = first.value + 2 * second.value,
      size = Math.max(...first.grad.map(Math.abs)) + 2 * Math.max(...second.grad.map(Math.abs));
    expect(valueError(expected.value, value)).toBeLessThanOrEqual(1e-6);
    for (const [i, g] of expected.grad.entries())
      expect(Math.abs(g - first.grad[i] - 2 * second.grad[i])).toBeLessThanOrEqual(1e-6 * size);
    expect(sum.valueAndGrad(inside, target, { out: grad.data }).value).toBe(expected.value);
    expect(Array.from(grad.data)).toEqual(Array.from(expected.grad));
    for (const alone of [sum.value(pred, target), sum.value(inside, target)])
      expect(valueError(alone, value)).toBeLessThanOrEqual(1e-6);
  });
});
