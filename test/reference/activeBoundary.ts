/** The active boundary loss as specified, in float64, by brute force: small images only. */
export interface ActiveInputs {
  /** [batch, classes, height, width]. */
  readonly pred: ArrayLike<number>;
  /** One label a pixel, or -1 where it does not count. */
  readonly labels: ArrayLike<number>;
  readonly shape: readonly number[];
}

export interface ActiveOptions {
  readonly activation: "softmax" | "sigmoid" | "none";
  readonly reduction: "mean" | "sum";
  readonly maxBoundaryRatio: number;
  readonly maxDistance: number;
  readonly labelSmoothing: number;
  readonly detachNeighbors: boolean;
  readonly distance: "exact" | "truncated";
}

export const activeDefaults: ActiveOptions = {
  activation: "softmax",
  reduction: "mean",
  maxBoundaryRatio: 0.01,
  maxDistance: 20,
  labelSmoothing: 0.2,
  detachNeighbors: true,
  distance: "exact",
};

const STEPS = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [-1, 1],
  [1, 1],
  [-1, -1],
  [1, -1],
];

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const logSumExp = (numbers: readonly number[]) => {
  const max = Math.max(...numbers);
  return max + Math.log(sum(numbers.map((x) => Math.exp(x - max))));
};

/**
 * A pixel's distributions end to end, their logarithms, and how both depend on what was passed: [entry, by, d log P, d
 * P].
 */
interface Distribution {
  readonly p: readonly number[];
  readonly log: readonly number[];
  readonly slopes: readonly (readonly [entry: number, by: number, dLog: number, dP: number])[];
}

function distribution(z: readonly number[], activation: ActiveOptions["activation"]): Distribution {
  if (activation === "softmax") {
    const log = z.map((x) => x - logSumExp(z)),
      p = log.map(Math.exp);
    const slopes = p.flatMap((own, d) =>
      p.map((other, c) => [d, c, (c === d ? 1 : 0) - other, own * ((c === d ? 1 : 0) - other)] as const),
    );
    return { p, log, slopes };
  }
  const floored = (x: number) => Math.log(Math.max(x, 1e-7));
  if (activation === "none" && z.length > 1)
    return {
      p: z,
      log: z.map(floored),
      slopes: z.map((x, c) => [c, c, x >= Math.fround(1e-7) ? 1 / x : 0, 1] as const),
    };
  const pairs = z.map((x) => (activation === "none" ? [x, 1 - x] : [1 / (1 + Math.exp(-x)), 1 / (1 + Math.exp(x))]));
  const log = z.flatMap((x) => (activation === "none" ? [floored(x), floored(1 - x)] : [-softplus(-x), -softplus(x)]));
  const slopes = pairs.flatMap(([p, q], c) => {
    if (activation === "sigmoid") return [[2 * c, c, q, p * q] as const, [2 * c + 1, c, -p, -p * q] as const];
    return [[0, 0, p > 1e-7 ? 1 / p : 0, 1] as const, [1, 0, q > 1e-7 ? -1 / q : 0, -1] as const];
  });
  return { p: pairs.flat(), log, slopes };
}

export function activeBoundaryReference(
  { pred, labels, shape }: ActiveInputs,
  o: ActiveOptions,
): { value: number; grad: Float64Array; moved: number } {
  const [batch, classes, height, width] = shape,
    pixels = height * width;
  const at = (b: number, c: number, i: number) => (b * classes + c) * pixels + i;
  const all = Array.from({ length: batch * pixels }, (_, n) => {
    const z = Array.from({ length: classes }, (_, c) => pred[at(Math.floor(n / pixels), c, n % pixels)]);
    return distribution(z, o.activation);
  });
  const kl = (p: Distribution, q: Distribution) => sum(p.p.map((x, d) => x * (p.log[d] - q.log[d])));
  const counts = (n: number) => labels[n] >= 0;
  const v = all.map((own, n) => {
    if (!counts(n)) return 0;
    const y = Math.floor((n % pixels) / width),
      x = n % width;
    return (
      (y + 1 < height && counts(n + width) ? kl(own, all[n + width]) : 0) +
      (x + 1 < width && counts(n + 1) ? kl(own, all[n + 1]) : 0)
    );
  });
  let epsilon = 1e-5;
  while (v.filter((x) => x > epsilon).length > o.maxBoundaryRatio * pixels) epsilon *= 1.2;
  const inside = (y: number, x: number) => y >= 0 && y < height && x >= 0 && x < width;
  const items: { n: number; b: number; m: number; direction: number }[] = [];
  for (let b = 0; b < batch; b++) {
    const index = (y: number, x: number) => b * pixels + y * width + x;
    const boundary: number[][] = [];
    let reachable = false;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const label = labels[index(y, x)];
        const differs =
          (y + 1 < height && labels[index(y + 1, x)] !== label) || (x + 1 < width && labels[index(y, x + 1)] !== label);
        if (differs || label < 0) boundary.push([y, x]);
        if (differs && label >= 0) reachable = true;
      }
    }
    if (!reachable) continue;
    const m = (y: number, x: number) => {
      if (!inside(y, x)) return 1e5;
      const d = Math.sqrt(Math.min(...boundary.map(([u, w]) => (u - y) ** 2 + (w - x) ** 2)));
      return o.distance === "exact" ? d : Math.max(0, Math.floor(d) - 1);
    };
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const near = [-1, 0, 1].some((dy) =>
          [-1, 0, 1].some((dx) => inside(y + dy, x + dx) && v[index(y + dy, x + dx)] > epsilon),
        );
        if (!near || !counts(index(y, x))) continue;
        const around = [...STEPS, [0, 0]].map(([dy, dx]) => m(y + dy, x + dx)),
          direction = around.indexOf(Math.min(...around));
        if (direction < 8) items.push({ n: index(y, x), b, m: around[8], direction });
      }
    }
  }
  const grad = new Float64Array(batch * classes * pixels),
    scale = o.reduction === "sum" ? 1 : 1 / items.length,
    smoothing = o.labelSmoothing;
  const add = (n: number, { slopes }: Distribution, byLog: readonly number[], byP: readonly number[]) => {
    for (const [entry, by, dLog, dP] of slopes)
      grad[at(Math.floor(n / pixels), by, n % pixels)] += byLog[entry] * dLog + byP[entry] * dP;
  };
  let value = 0;
  for (const { n, b, m, direction } of items) {
    const y = Math.floor((n % pixels) / width),
      x = n % width,
      clamp = (k: number, size: number) => Math.max(0, Math.min(size - 1, k));
    const neighbours = STEPS.map(([dy, dx]) => b * pixels + clamp(y + dy, height) * width + clamp(x + dx, width));
    const s = neighbours.map((j) => (counts(j) ? kl(all[j], all[n]) : 0)),
      // Less the largest: beside 1e30 the logarithm of how many are alike would be lost.
      least = s.map((each) => each - Math.max(...s)),
      lse = logSumExp(least),
      importance = (scale * Math.min(m, o.maxDistance)) / o.maxDistance;
    const tau = s.map((_, j) => (j === direction ? 1 - smoothing : smoothing / 8)),
      total = sum(tau);
    value += importance * sum(least.map((each, j) => tau[j] * (lse - each)));
    for (const [k, j] of neighbours.entries()) {
      if (!counts(j)) continue;
      const gamma = importance * (total * Math.exp(least[k] - lse) - tau[k]),
        zeros = all[j].p.map(() => 0);
      add(
        n,
        all[n],
        all[j].p.map((p) => -gamma * p),
        zeros,
      );
      if (o.detachNeighbors) continue;
      add(
        j,
        all[j],
        all[j].p.map((p) => gamma * p),
        all[j].p.map((_, d) => gamma * (all[j].log[d] - all[n].log[d])),
      );
    }
  }
  return { value, grad, moved: items.length };
}
