/** The conditional boundary loss as specified, in float64, by brute force: small images only. */
export interface ConditionalInputs {
  /** [batch, classes, height, width]. */
  readonly pred: ArrayLike<number>;
  /** One label a pixel, or -1 where it does not count. */
  readonly labels: ArrayLike<number>;
  /** A soft target in pred's order, whose masks t > 1/2 have the boundaries; without it the labels have. */
  readonly soft?: ArrayLike<number>;
  readonly shape: readonly number[];
  /** [batch, count, height, width]; without it pred. */
  readonly features?: ArrayLike<number>;
  readonly featureCount?: number;
  /** [classes, features] and [classes]. */
  readonly weight?: ArrayLike<number>;
  readonly bias?: ArrayLike<number>;
}

export interface ConditionalOptions {
  readonly reduction: "mean" | "sum";
  readonly includeBackground: boolean;
  readonly classWeights: readonly number[] | null;
  readonly kernelSize: number;
  readonly dilationRatio: number;
  readonly contextWeight: number;
  readonly pairWeight: number;
  readonly classificationWeight: number;
  readonly correctnessAware: boolean;
}

export const conditionalDefaults: ConditionalOptions = {
  reduction: "mean",
  includeBackground: true,
  classWeights: null,
  kernelSize: 5,
  dilationRatio: 0.005,
  contextWeight: 1,
  pairWeight: 2,
  classificationWeight: 0.2,
  correctnessAware: true,
};

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** What the terms need to know of the pixels. */
class Scene {
  readonly batch: number;
  readonly classes: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: number;
  readonly features: number;
  readonly grad: Float64Array;
  readonly f: readonly (readonly number[])[];
  readonly right: readonly boolean[];
  readonly boundary: readonly boolean[];

  constructor(
    readonly inputs: ConditionalInputs,
    readonly o: ConditionalOptions,
  ) {
    [this.batch, this.classes, this.height, this.width] = inputs.shape;
    this.pixels = this.height * this.width;
    this.features = inputs.features ? (inputs.featureCount as number) : this.classes;
    this.grad = new Float64Array(this.batch * this.features * this.pixels);
    const all = Array.from({ length: this.batch * this.pixels }, (_, n) => n);
    const vector = (data: ArrayLike<number>, n: number, channels: number) =>
      Array.from(
        { length: channels },
        (_, c) => data[(Math.floor(n / this.pixels) * channels + c) * this.pixels + (n % this.pixels)],
      );
    this.f = all.map((n) => vector(inputs.features ?? inputs.pred, n, this.features));
    this.right = all.map((n) => {
      const z = vector(inputs.pred, n, this.classes);
      return this.counts(n) && z.indexOf(Math.max(...z)) === inputs.labels[n];
    });
    const reach = Math.max(1, Math.floor(o.dilationRatio * Math.hypot(this.height, this.width) + 0.5));
    this.boundary = all.map((n) => {
      if (!this.counts(n) || (!o.includeBackground && inputs.labels[n] === 0)) return false;
      const around = this.around(n, 2 * reach + 1);
      if (!inputs.soft) return around.some((j) => j === undefined || inputs.labels[j] !== inputs.labels[n]);
      const masks = (j: number) => vector(inputs.soft as ArrayLike<number>, j, this.classes).map((t) => t > 0.5);
      return masks(n).some((inside, c) => inside && around.some((j) => j === undefined || !masks(j)[c]));
    });
  }

  counts(n: number): boolean {
    return this.inputs.labels[n] >= 0;
  }

  /** The pixels of the window around a pixel without itself; undefined beyond the image. */
  around(n: number, size: number): (number | undefined)[] {
    const r = size >> 1,
      y = Math.floor((n % this.pixels) / this.width),
      x = n % this.width,
      found: (number | undefined)[] = [];
    for (let dy = -r; dy <= r; dy++) {
      for (let dx = -r; dx <= r; dx++) {
        if (dy === 0 && dx === 0) continue;
        const inside = y + dy >= 0 && y + dy < this.height && x + dx >= 0 && x + dx < this.width;
        found.push(inside ? n + dy * this.width + dx : undefined);
      }
    }
    return found;
  }

  add(n: number, scale: number, vector: readonly number[]): void {
    for (const [c, x] of vector.entries())
      this.grad[(Math.floor(n / this.pixels) * this.features + c) * this.pixels + (n % this.pixels)] += scale * x;
  }
}

function pairTerm(scene: Scene, scale: number): number {
  const { f, o, inputs } = scene,
    samples: { pairs: [number, number][] }[] = [];
  for (let b = 0; b < scene.batch; b++) {
    const pairs: [number, number][] = [];
    for (let n = b * scene.pixels; n < (b + 1) * scene.pixels; n++) {
      const window = scene.around(n, o.kernelSize);
      if (!scene.boundary[n] || window.includes(undefined)) continue;
      for (const j of window as number[])
        if (scene.counts(j) && (!o.correctnessAware || scene.right[j])) pairs.push([n, j]);
    }
    if (pairs.length > 0) samples.push({ pairs });
  }
  let value = 0;
  for (const { pairs } of samples) {
    const share = 1 / pairs.length / (o.reduction === "sum" ? 1 : samples.length);
    for (const [i, j] of pairs) {
      const a = sum(f[i].map((x) => x * x)),
        b = sum(f[j].map((x) => x * x)),
        defined = a * b > 1e-16;
      const cos = defined ? sum(f[i].map((x, c) => x * f[j][c])) / Math.sqrt(a * b) : 0;
      const error = cos - (inputs.labels[i] === inputs.labels[j] ? 1 : 0);
      value += share * error * error;
      if (!defined) continue;
      const slope = scale * share * 2 * error;
      scene.add(
        i,
        slope,
        f[j].map((x, c) => x / Math.sqrt(a * b) - (cos * f[i][c]) / a),
      );
      scene.add(
        j,
        slope,
        f[i].map((x, c) => x / Math.sqrt(a * b) - (cos * f[j][c]) / b),
      );
    }
  }
  return value;
}

/** A class's anchors with the members of their centres. */
type Anchor = readonly [anchor: number, members: readonly number[]];

const centre = (scene: Scene, members: readonly number[]) =>
  Array.from({ length: scene.features }, (_, c) => sum(members.map((j) => scene.f[j][c])) / (members.length + 1e-5));

function pull(scene: Scene, anchors: readonly Anchor[], scale: number): number {
  let value = 0;
  for (const [i, members] of anchors) {
    const e = centre(scene, members),
      share = 1 / anchors.length / scene.features;
    value += share * sum(e.map((x, c) => (scene.f[i][c] - x) ** 2));
    scene.add(
      i,
      2 * scale * share,
      e.map((x, c) => scene.f[i][c] - x),
    );
  }
  return value;
}

function classify(scene: Scene, label: number, anchors: readonly Anchor[], scale: number): number {
  const { weight, bias, features } = scene.inputs,
    count = scene.features;
  const w = (k: number, c: number) => (features ? (weight as ArrayLike<number>)[k * count + c] : k === c ? 1 : 0);
  let value = 0;
  for (const [, members] of anchors) {
    const e = centre(scene, members),
      z = Array.from(
        { length: scene.classes },
        (_, k) => sum(e.map((x, c) => w(k, c) * x)) + (features ? (bias?.[k] ?? 0) : 0),
      );
    // Log of 1 plus the rest, and 1 minus the rest: the logarithm of the sum less z would cancel.
    const largest = Math.max(...z),
      shares = z.map((x) => Math.exp(x - largest) / sum(z.map((other) => Math.exp(other - largest)))),
      rest = sum(shares.filter((_, k) => k !== label)),
      d = shares.map((x, k) => (k === label ? -rest : x));
    value +=
      (rest < 0.5
        ? Math.log1p(sum(z.filter((_, k) => k !== label).map((x) => Math.exp(x - z[label]))))
        : largest - z[label] + Math.log(sum(z.map((x) => Math.exp(x - largest))))) / anchors.length;
    const back = e.map((_, c) => sum(d.map((x, k) => x * w(k, c))) / ((members.length + 1e-5) * anchors.length));
    for (const j of members) scene.add(j, scale, back);
  }
  return value;
}

export function conditionalBoundaryReference(
  inputs: ConditionalInputs,
  o: ConditionalOptions,
): { value: number; grad: Float64Array } {
  const scene = new Scene(inputs, o),
    { labels } = inputs;
  let value = o.contextWeight * pairTerm(scene, o.contextWeight);
  const classified = !inputs.features || inputs.weight !== undefined;
  const classes = Array.from({ length: scene.classes }, (_, label) => {
    const own = scene.f
      .map((_, n) => n)
      .filter((n) => scene.boundary[n] && labels[n] === label && (label > 0 || o.includeBackground));
    const members = (n: number, fits: (j: number) => boolean) =>
      scene.around(n, o.kernelSize).filter((j): j is number => j !== undefined && labels[j] === label && fits(j));
    const make = (pixels: readonly number[], fits: (j: number) => boolean) =>
      pixels.map((n): Anchor => [n, members(n, fits)]).filter(([, found]) => found.length > 0);
    return {
      label,
      anchors: make(
        own.filter((n) => scene.right[n]),
        (j) => scene.right[j],
      ),
      all: o.correctnessAware ? [] : make(own, () => true),
      weight: o.classWeights?.[label] ?? 1,
    };
  }).filter(({ anchors }) => anchors.length > 0);
  const total = o.reduction === "sum" ? 1 : sum(classes.map(({ weight }) => weight));
  for (const { label, anchors, all, weight } of classes) {
    if (total === 0) break;
    const share = weight / total;
    value += o.pairWeight * share * pull(scene, anchors, o.pairWeight * share);
    if (!classified) continue;
    for (const each of [anchors, all])
      value += o.classificationWeight * share * classify(scene, label, each, o.classificationWeight * share);
  }
  return { value, grad: scene.grad };
}
