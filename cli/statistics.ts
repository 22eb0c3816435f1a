/** Whole numbers below n, the same for the same seed (mulberry32). */
export function randomBelow(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** The normal distribution up to z, to 2e-7 (Abramowitz and Stegun 7.1.26 refined: Numerical Recipes' erfc). */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2,
    t = 1 / (1 + x / 2),
    terms = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587],
    sum = [...terms, -0.82215223, 0.17087277].reduceRight((inner, term) => term + t * inner, 0),
    tail = (t * Math.exp(-x * x + sum)) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** Its inverse, by bisection: called a few times for each interval. */
function normalQuantile(p: number): number {
  let [low, high] = [-9, 9];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export interface Resampling {
  readonly resamples: number;
  readonly seed: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export function weightedMean(values: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights ? weights[i] : 1;
    sum += weight === 0 ? 0 : weight * values[i];
    total += weight;
  }
  return sum / total;
}

/** Linear between the order statistics (Hyndman and Fan's type 7). */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1),
    below = Math.floor(at),
    rest = at - below;
  return rest === 0 ? sorted[below] : sorted[below] + rest * (sorted[below + 1] - sorted[below]);
}

/** Skewness of the means that leave one out, a sixth of it: BCa's acceleration. */
function acceleration(values: ArrayLike<number>, weights?: ArrayLike<number>): number {
  const n = values.length,
    without = new Float64Array(n);
  let [sum, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weights ? weights[i] : 1;
    sum += weight * values[i];
    total += weight;
  }
  for (let i = 0; i < n; i++) {
    const weight = weights ? weights[i] : 1;
    without[i] = (sum - weight * values[i]) / (total - weight);
  }
  const mean = weightedMean(without);
  let [squares, cubes] = [0, 0];
  for (const each of without) {
    squares += (mean - each) ** 2;
    cubes += (mean - each) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

const share = 0.95;

/**
 * The 95 % interval of a (weighted) mean over cases: bias-corrected and accelerated bootstrap, BCa (Efron, "Better
 * bootstrap confidence intervals", 1987). NaN for fewer than two cases, or where one is infinite.
 */
export function bootstrap(
  values: ArrayLike<number>,
  { resamples, seed }: Resampling,
  weights?: ArrayLike<number>,
): Interval {
  const n = values.length,
    mean = weightedMean(values, weights);
  if (n < 2 || !Number.isFinite(mean)) return { low: Number.NaN, high: Number.NaN };
  const below = randomBelow(seed),
    means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let [sum, total] = [0, 0];
    for (let i = 0; i < n; i++) {
      const at = below(n),
        weight = weights ? weights[at] : 1;
      sum += weight * values[at];
      total += weight;
    }
    // A sample of cases without weight says nothing.
    means[r] = total > 0 ? sum / total : mean;
  }
  means.sort();
  const slack = 1e-12 * Math.max(1, Math.abs(mean)),
    less = means.reduce((count, each) => count + (each < mean - slack ? 1 : each <= mean + slack ? 0.5 : 0), 0);
  if (less === 0 || less === resamples || means[0] === means[resamples - 1])
    return { low: quantile(means, (1 - share) / 2), high: quantile(means, (1 + share) / 2) };
  const bias = normalQuantile(less / resamples),
    a = acceleration(values, weights);
  const end = (p: number) => {
    const z = bias + normalQuantile(p);
    return quantile(means, normalCdf(bias + z / (1 - a * z)));
  };
  return { low: end((1 - share) / 2), high: end((1 + share) / 2) };
}

/** As many signs as make all combinations quick to try. */
const exactUpTo = 16;

/**
 * The p-value, of both sides, that a mean difference arises where each case's sign is a toss: the sign-flip permutation
 * test. All combinations of up to 16 differences that are not 0; of more, as many as `resamples` at random, which with
 * the observed one itself are the ways to count from. NaN where there is no difference to flip.
 */
export function signFlip(differences: readonly number[], { resamples, seed }: Resampling): number {
  const moved = differences.filter((d) => d !== 0),
    n = moved.length;
  if (differences.length === 0 || !differences.every(Number.isFinite)) return Number.NaN;
  if (n === 0) return 1;
  const sum = (sign: (i: number) => number) => Math.abs(moved.reduce((all, d, i) => all + sign(i) * d, 0)),
    seen = sum(() => 1) * (1 - 1e-12);
  let as = 0;
  if (n <= exactUpTo) {
    for (let signs = 0; signs < 2 ** n; signs++) if (sum((i) => ((signs >> i) & 1 ? 1 : -1)) >= seen) as++;
    return as / 2 ** n;
  }
  const below = randomBelow(seed);
  for (let r = 0; r < resamples; r++) if (sum(() => 2 * below(2) - 1) >= seen) as++;
  return (as + 1) / (resamples + 1);
}

/** p-values of several tests made larger, so that one of them alone is below 0.05 by chance so often (Holm, 1979). */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].filter((i) => !Number.isNaN(ps[i])).sort((a, b) => ps[a] - ps[b]),
    adjusted = ps.map(() => Number.NaN);
  let most = 0;
  for (const [rank, i] of order.entries()) {
    most = Math.max(most, Math.min(1, (order.length - rank) * ps[i]));
    adjusted[i] = most;
  }
  return adjusted;
}
