/**
 * Pixel and overlap losses of one pixel in float64, from probabilities as the caller passes them: the value, and its
 * derivative by p (specification 1.2, 1.6). Small differences are taken with log1p and from the errors.
 */
export interface Answer {
  readonly value: number;
  readonly slope: number;
  /** What the slope is made of, if it is a difference: rounding is relative to that. */
  readonly size?: number;
}

const FLOOR = 1e-7,
  LEAST = 1e-30;

/** -log max(p, floor), of p = 1 - q where that is nearer. */
const minusLog = (p: number, q: number) => (p < FLOOR ? -Math.log(FLOOR) : p < 0.5 ? -Math.log(p) : -Math.log1p(-q));

type PixelLoss = (u: number, q: number) => { readonly value: number; readonly byU: number; readonly byQ: number };

/** F(u, q) of the answer yes or no, weighted by t and 1 - t where they are independent. */
function unit(loss: PixelLoss, p: number, q: number): Answer {
  const { value, byU, byQ } = loss(minusLog(p, q), Math.max(q, FLOOR));
  return { value, slope: -((p >= FLOOR ? byU / p : 0) + (q >= FLOOR ? byQ : 0)) };
}

export const pixelLosses: Readonly<Record<string, (gamma: number) => PixelLoss>> = {
  crossEntropy: () => (u) => ({ value: u, byU: 1, byQ: 0 }),
  focal: (gamma) => (u, q) => ({
    value: q ** gamma * u,
    byU: q ** gamma,
    byQ: gamma * q ** (gamma - 1) * u,
  }),
  exponentialLogarithmic: (gamma) => (u) => ({ value: u ** gamma, byU: u > 0 ? gamma * u ** (gamma - 1) : 0, byQ: 0 }),
};

/** A yes/no question: t F(p) + (1 - t) F(1 - p). */
export function entry(loss: PixelLoss, p: number, t: number): Answer {
  const yes = unit(loss, p, 1 - p),
    no = unit(loss, 1 - p, p);
  const [up, down] = [t * yes.slope, (1 - t) * no.slope];
  return { value: t * yes.value + (1 - t) * no.value, slope: up - down, size: Math.abs(up) + Math.abs(down) };
}

/** One of competing classes: t F(p). */
export function competing(loss: PixelLoss, p: number, t: number): Answer {
  const { value, slope } = unit(loss, p, 1 - p);
  return { value: t * value, slope: t * slope };
}

/** 1 - (overlap I + s) / (overlap I + alpha FP + beta FN + s). */
export function ratio(p: number, t: number, s: number, [overlap, alpha, beta]: readonly number[]): Answer {
  const errors = alpha * p * (1 - t) + beta * (1 - p) * t,
    n = overlap * p * t + s,
    full = n + errors,
    d = Math.max(full, LEAST),
    byNumerator = overlap * t,
    byDenominator = full < LEAST ? 0 : overlap * t + alpha * (1 - t) - beta * t;
  const [up, down] = [(n * byDenominator) / d / d, byNumerator / d];
  return { value: full < LEAST ? 1 - n / d : errors / d, slope: up - down, size: Math.abs(up) + down };
}

/** 1 - (2 p t + s) / (p^2 + t^2 + s). */
export function squaredRatio(p: number, t: number, s: number): Answer {
  const n = 2 * p * t + s,
    full = p * p + t * t + s,
    d = Math.max(full, LEAST);
  const [up, down] = [full < LEAST ? 0 : (2 * p * n) / d / d, (2 * t) / d];
  return { value: full < LEAST ? 1 - n / d : (p - t) ** 2 / d, slope: up - down, size: up + down };
}
