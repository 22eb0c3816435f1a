import { describe, expect, test } from "vitest";
import {
  bits,
  drawsLogits,
  expectSame,
  firstSetting,
  isSpatial,
  losses,
  lossOf,
  seg,
  settingsFor,
  supported,
  supports,
} from "./support/library";
import { type Case, IGNORED, makeCase, product, Random, type Setting } from "./support/random";
import type { Tensor } from "./support/vectors";

const evaluate = (name: string, inputs: Case) => lossOf(name, inputs).valueAndGrad(inputs.pred, inputs.target);
const clone = <T extends Tensor>({ data, shape }: T) => ({ data: data.slice(), shape }) as T;

/** The same numbers in a view that starts one element into its buffer. */
function atOddOffset<T extends Tensor>({ data, shape }: T): T {
  const moved = new (data.constructor as Float32ArrayConstructor)(data.length + 2).subarray(1, data.length + 1);
  moved.set(data);
  return { data: moved, shape } as unknown as T;
}

/** In the module's memory, so that nothing is copied on the way in. */
function resident({ data, shape }: Tensor) {
  const tensor = seg.tensor(shape, data instanceof Float32Array ? "float32" : "uint8");
  tensor.data.set(data);
  return tensor;
}

/** The numbers of [batch, channels, pixels] with the pixels of every sample in another order. */
function reorder<A extends Tensor["data"]>(data: A, order: readonly number[]): A {
  return data.map((_: number, i: number) => data[i - (i % order.length) + order[i % order.length]]) as A;
}

describe.each(supported)("$label", ({ name, setting, declaration }) => {
  const inputs = makeCase(setting, 21),
    { pred, target } = inputs,
    loss = lossOf(name, inputs),
    pixels = product(inputs.pred.shape) / 2 / setting.classes;
  const expected = loss.valueAndGrad(clone(pred), clone(target));

  test("gives the same bits again, without gradient, prepared, resident, and at odd offsets", () => {
    expect(bits(loss.valueAndGrad(pred, target))).toEqual(bits(expected));
    expect(loss.value(pred, target)).toBe(expected.value);
    const prepared = loss.prepare(target);
    for (let repeat = 0; repeat < 2; repeat++) expect(bits(loss.valueAndGrad(pred, prepared))).toEqual(bits(expected));
    expect(loss.value(pred, prepared)).toBe(expected.value);
    const tensors = [resident(pred), resident(target), seg.tensor(pred.shape)] as const;
    expect(bits(loss.valueAndGrad(tensors[0], tensors[1], { out: tensors[2].data }))).toEqual(bits(expected));
    expect(Array.from(tensors[2].data)).toEqual(Array.from(expected.grad));
    expect(bits(loss.valueAndGrad(tensors[0], loss.prepare(tensors[1])))).toEqual(bits(expected));
    for (const tensor of tensors) tensor.dispose();
    const out = atOddOffset(pred).data.fill(Number.NaN);
    const moved = loss.valueAndGrad(atOddOffset(pred), atOddOffset(target), { out });
    expect(bits(moved)).toEqual(bits(expected));
    expect(moved.grad).toBe(out);
    expect([...new Float32Array(out.buffer, 0, 1), ...new Float32Array(out.buffer, 4 * out.length + 4)]).toEqual([
      0, 0,
    ]); // its neighbours are untouched
  });

  test("leaves its inputs alone, and reads dims like shape", () => {
    const given = clone(pred),
      labels = clone(target);
    loss.valueAndGrad(given, labels);
    expect(given).toEqual(pred);
    expect(labels).toEqual(target);
    const result = loss.valueAndGrad({ data: pred.data, dims: pred.shape }, { data: target.data, dims: target.shape });
    expect(bits(result)).toEqual(bits(expected));
    expect(result.grad).not.toBe(expected.grad);
  });

  if (setting.activation === "softmax" && !declaration.raw && !drawsLogits(declaration))
    test("softmax gradients sum to 0 over the classes of a pixel", () => {
      const largest = Math.max(...expected.grad.map(Math.abs)),
        channels = setting.classes;
      for (let n = 0; n < 2 * pixels; n++) {
        const at = (c: number) =>
          setting.channelsLast ? n * channels + c : (Math.floor(n / pixels) * channels + c) * pixels + (n % pixels);
        let sum = 0;
        for (let c = 0; c < channels; c++) sum += expected.grad[at(c)];
        expect(Math.abs(sum)).toBeLessThanOrEqual(1e-6 * largest);
      }
    });

  if (!isSpatial(declaration) && !setting.channelsLast)
    test("does not depend on the order of pixels", () => {
      const order = new Random(22).order(pixels),
        data = reorder(pred.data, order);
      const { value, grad } = loss.valueAndGrad({ ...pred, data }, { ...target, data: reorder(target.data, order) });
      expectSame({ value, grad }, { value: expected.value, grad: reorder(expected.grad, order) });
    });

  if (setting.activation !== "none")
    test("logits of 1e4 give finite numbers", () => {
      const random = new Random(23),
        huge = pred.data.map(() => [-1e4, 1e4, 0, -1e3, 88, -104][random.below(6)]);
      for (const reduction of ["mean", "sum"]) {
        const { value, grad } = lossOf(name, inputs, { reduction }).valueAndGrad({ ...pred, data: huge }, target);
        expect(Number.isFinite(value)).toBe(true);
        expect(grad.every(Number.isFinite)).toBe(true);
      }
    });

  if (setting.activation === "none")
    test("probabilities of exactly 0 and 1 give finite numbers", () => {
      const random = new Random(24),
        hard = pred.data.map(() => random.below(2));
      const { value, grad } = loss.valueAndGrad({ ...pred, data: hard }, target);
      expect(Number.isFinite(value)).toBe(true);
      expect(grad.every(Number.isFinite)).toBe(true);
    });

  test("NaN in pred gives NaN, and infinity no exception", () => {
    for (const at of [0, pixels - 1, pred.data.length - 1]) {
      if (
        setting.ignore &&
        target.data[setting.channelsLast ? 0 : Math.floor(at / pixels / setting.classes) * pixels + (at % pixels)] ===
          IGNORED
      )
        continue;
      // Hidden by its neighbours, as ignored pixels hide edges.
      if (isSpatial(declaration) && expected.grad[at] === 0) continue;
      const data = pred.data.slice();
      data[at] = Number.NaN;
      expect(loss.valueAndGrad({ ...pred, data }, target).value, `pred[${at}]`).toBeNaN();
      expect(loss.value({ ...pred, data }, target), `pred[${at}]`).toBeNaN();
      for (const infinite of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        data[at] = infinite;
        expect(typeof loss.valueAndGrad({ ...pred, data }, target).value).toBe("number");
      }
    }
    expect(bits(loss.valueAndGrad(pred, target))).toEqual(bits(expected));
  });

  if (setting.target === "labels")
    test("all ignored gives 0 and no gradient", () => {
      const ignored = {
        ...inputs,
        options: { ...inputs.options, ignoreIndex: IGNORED },
        target: { ...target, data: target.data.slice().fill(IGNORED) },
      };
      const out = new Float32Array(pred.data.length).fill(Number.NaN),
        { value, grad } = lossOf(name, ignored).valueAndGrad(pred, ignored.target, { out });
      expect([value, lossOf(name, ignored).value(pred, ignored.target)]).toEqual([0, 0]);
      expect(grad.every((g) => g === 0)).toBe(true);
    });

  if (setting.ignore)
    test("what is ignored neither matters nor gets a gradient", () => {
      const ignoredAt = (i: number) =>
        target.data[Math.floor(i / pixels / setting.classes) * pixels + (i % pixels)] === IGNORED;
      for (const other of [100, -1e4, Number.POSITIVE_INFINITY, Number.NaN]) {
        const { value, grad } = loss.valueAndGrad(
          { ...pred, data: pred.data.map((x, i) => (ignoredAt(i) ? other : x)) },
          target,
        );
        expect(value, `${other} at ignored pixels`).toBe(expected.value);
        expect(Array.from(grad)).toEqual(Array.from(expected.grad));
        expect(
          Array.from(grad)
            .filter((_, i) => ignoredAt(i))
            .every((g) => g === 0),
        ).toBe(true);
      }
    });

  test("an empty batch and empty images give 0", () => {
    for (const axis of [0, setting.channelsLast ? 1 : 2]) {
      const shape = pred.shape.map((n, i) => (i === axis ? 0 : n));
      const spatial = setting.channelsLast ? shape.slice(1, -1) : shape.slice(2);
      const empty =
        setting.target === "soft"
          ? { data: new Float32Array(0), shape }
          : { data: new Uint8Array(0), shape: [shape[0], ...spatial] };
      const { value, grad } = loss.valueAndGrad({ data: new Float32Array(0), shape }, empty);
      expect([value, grad.length]).toEqual([0, 0]);
    }
  });
});

/** Losses that treat class 0, the background, unlike the others whatever the options. */
const backgroundIsSpecial = [
  ...["unifiedFocal", "generalizedWassersteinDice", "skeletonRecall", "centerlineDice", "topological"],
  "componentWise",
];

describe("classes in another order", () => {
  const cases = supported.filter(
    ({ name, declaration: { encode }, setting: { classes, target, channelsLast } }) =>
      classes === 3 && target === "labels" && !channelsLast && !encode && !backgroundIsSpecial.includes(name),
  );
  test.each(cases)("$label", ({ name, setting }) => {
    const inputs = makeCase(setting, 25),
      { pred, target } = inputs,
      pixels = product(pred.shape.slice(2)),
      order = [2, 0, 1];
    const permute = (data: Float32Array) =>
      data.map((_, i) => data[i + (order[Math.floor(i / pixels) % 3] - (Math.floor(i / pixels) % 3)) * pixels]);
    const labels = target.data.map((label) => (label === IGNORED ? label : order.indexOf(label))) as Uint8Array;
    const plain = evaluate(name, inputs);
    expectSame(
      evaluate(name, { ...inputs, pred: { ...pred, data: permute(pred.data) }, target: { ...target, data: labels } }),
      {
        value: plain.value,
        grad: permute(plain.grad),
      },
    );
  });
});

describe("a loss that says it sees where pixels lie does see it", () => {
  test.each(losses.filter(isSpatial))("$name", (declaration) => {
    const setting = firstSetting(declaration),
      inputs = makeCase(setting, 25, [32, 32]),
      { pred, target } = inputs,
      loss = lossOf(declaration.name, inputs),
      pixels = target.data.length / 2;
    // Labels one after the other: regions with an inside, whose order a shuffled image has not.
    const sorted = Array.from({ length: pixels }, (_, i) => i).sort((a, b) => target.data[a] - target.data[b]);
    const moved = loss.value(
      { ...pred, data: reorder(pred.data, sorted) },
      { ...target, data: reorder(target.data, sorted) },
    );
    expect(Math.abs(moved / loss.value(pred, target) - 1)).toBeGreaterThan(1e-4);
  });
});

describe("the same pixels in one, two and three dimensions", () => {
  test.each(supported.filter(({ declaration }) => !isSpatial(declaration)))("$label", ({ name, setting }) => {
    const inputs = makeCase(setting, 26, [4, 6]),
      expected = bits(evaluate(name, inputs));
    for (const spatial of [[24], [2, 3, 4], [1, 24]]) {
      const reshape = ({ data, shape }: Tensor) => ({
        data,
        shape:
          shape.length === 3
            ? [2, ...spatial]
            : setting.channelsLast
              ? [2, ...spatial, setting.classes]
              : [2, setting.classes, ...spatial],
      });
      const loss = lossOf(name, inputs, { spatialDims: spatial.length });
      expect(bits(loss.valueAndGrad(reshape(inputs.pred), reshape(inputs.target)))).toEqual(expected);
    }
  });
});

describe("every integer type of labels", () => {
  const types = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array];
  test.each(losses)("$name", (declaration) => {
    const { name } = declaration,
      ignoring = settingsFor(declaration).find(({ ignore }) => ignore) as Setting,
      inputs = makeCase({ ...ignoring, spatial: undefined }, 27),
      { pred, target } = inputs,
      expected = bits(evaluate(name, inputs));
    for (const Type of types) {
      const signed = new Type([-1])[0] === -1,
        range = 2 ** (8 * Type.BYTES_PER_ELEMENT - (signed ? 1 : 0)) - 1;
      for (const ignoreIndex of [3, 100, range, ...(signed ? [-1, -2, -100] : [])]) {
        const data = (Type as Int32ArrayConstructor).from(target.data, (label) =>
          label === IGNORED ? ignoreIndex : label,
        );
        const odd = atOddOffset({ data, shape: target.shape } as unknown as Tensor);
        expect(
          bits(lossOf(name, inputs, { ignoreIndex }).valueAndGrad(pred, odd)),
          `${Type.name}, ignoreIndex ${ignoreIndex}`,
        ).toEqual(expected);
      }
    }
  });
});

// Then kernels take shorter ways, which pixels that do not count must not bar.
describe("what is ignored changes no bit where predictions are right", () => {
  const kinds = [
    ["softmax", 2],
    ["softmax", 4],
    ["softmax", 7],
    ["sigmoid", 1],
    ["sigmoid", 3],
  ] as const;
  for (const [activation, classes] of kinds) {
    const setting = { name: "right", activation, classes, target: "labels", ignore: true } as const;
    test.each(losses.filter((loss) => supports(loss, setting)).map(({ name }) => name))(
      `%s, ${activation}, ${classes}`,
      (name) => {
        const inputs = makeCase(setting, 31, [9, 16]),
          { pred, target } = inputs,
          random = new Random(32),
          label = (i: number) => target.data[Math.floor(i / 144 / classes) * 144 + (i % 144)],
          right = (i: number) => (label(i) === (classes === 1 ? 1 : Math.floor(i / 144) % classes) ? 3 : -3),
          logits = pred.data.map((_, i) => right(i) + random.next()),
          expected = bits(lossOf(name, inputs).valueAndGrad({ ...pred, data: logits }, target));
        for (const other of [3, 100, Number.NaN]) {
          const data = logits.map((x, i) => (label(i) === IGNORED ? other : x));
          expect(bits(lossOf(name, inputs).valueAndGrad({ ...pred, data }, target))).toEqual(expected);
        }
      },
    );
  }
});
