/** What a denominator is at least (specification 1.6): so little that any smooth a caller gives is exact. */
export const LEAST: f64 = 1e-30;

/** What a member's score reads of one class (or one pooled row), and the slopes it leaves; all float64. */
@final
@unmanaged
export class Row {
  hits: f64; // I, the sum of p t: what is left of T where a prediction is hopeless
  misses: f64; // FN, the sum of q t
  falseAlarms: f64; // FP, the sum of p (1 - t)
  squaredMisses: f64; // the sum of t (p - t)^2
  squaredAlarms: f64; // the sum of (1 - t)(p - t)^2
  target: f64; // T, the sum of t
  others: f64; // U, the sum of 1 - t
  foreground: f64; // 0 for class 0 of several, else 1
  size: f64; // pixels of the class's mask, where a member asks for boundaries
  boundary: f64; // those of them on its boundary
  no: f64; // out: the slope where t = 0
  yes: f64; // out: the slope where t = 1
  byTarget: f64; // out, quadratic losses: the slope's part in t

  /**
   * R = 1 - (overlap I + s1) / (overlap I + alpha FP + beta FN + s2) and its slopes dR/dp. R is computed from the
   * errors, (alpha FP + beta FN + (s2 - s1)) / D: subtracting two nearly equal sums would cost a good prediction its
   * digits.
   */
  @inline ratio(overlap: f64, alpha: f64, beta: f64, s1: f64, s2: f64): f64 {
    const errors = alpha * this.falseAlarms + beta * this.misses,
      n = overlap * this.hits + s1;
    const full = overlap * this.hits + errors + s2,
      floored = full < LEAST,
      d = floored ? LEAST : full,
      k = floored ? 0 : n / (d * d);
    this.no = alpha * k;
    this.yes = (overlap - beta) * k - overlap / d;
    return floored ? 1 - n / d : (errors + (s2 - s1)) / d;
  }

  /**
   * TN, the sum of q (1 - t), where a member asks for all four counts (confusion.ts): it stands where squares would.
   */
  @inline get rejections(): f64 {
    return this.squaredMisses;
  }

  @inline scale(factor: f64): void {
    this.no *= factor;
    this.yes *= factor;
  }
}

export const row = changetype<Row>(memory.data(offsetof<Row>(), 16));
/**
 * A loss that is a function of a few sums over pixels for each sample and class: `score` is its value and sets the
 * row's slopes.
 */
@unmanaged
export abstract class OverlapLoss {
  abstract score(): f64;
}

/** Bytes of the pixels, 256, whose sums are float32 before they are added to float64: of more, digits would be lost. */
export const PART: usize = 1024;
/** Bytes of a class's sums: float64, in a row those before `target`. */
export const SUMS: usize = offsetof<Row>("target");
/** Bytes of a class's slopes: float32, in a row those from `no` on. */
export const SLOPES: usize = (offsetof<Row>() - offsetof<Row>("no")) >> 1;
