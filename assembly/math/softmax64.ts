import { doubles } from "./doubles";

/**
 * The cross entropy of softmax(scores), an even count of float64, for a target that is `share` everywhere but at `own`
 * and `total` in sum; the derivatives take the scores' place. What is nearly 1 is taken as 1 minus the rest.
 */
export function crossEntropy(scores: usize, bytes: usize, own: i32, total: f64, share: f64): f64 {
  const end = scores + bytes,
    hit = scores + ((<usize>own) << 3),
    score = load<f64>(hit);
  let largest = score,
    gap: f64 = 0;
  for (let at = scores; at < end; at += 8) {
    largest = max(largest, load<f64>(at));
    gap += score - load<f64>(at);
  }
  for (let at = scores; at < end; at += 16)
    v128.store(at, doubles.expNegative(f64x2.sub(v128.load(at), f64x2.splat(largest))));
  const e = load<f64>(hit);
  store<f64>(hit, 0);
  let others: f64 = 0;
  for (let at = scores; at < end; at += 8) others += load<f64>(at);
  const scale = total / (others + e);
  for (let at = scores; at < end; at += 8) store<f64>(at, scale * load<f64>(at) - share);
  store<f64>(hit, <f64>((bytes >> 3) - 1) * share - scale * others);
  return total * (score == largest ? doubles.log1p(others) : largest - score + Math.log(others + e)) + share * gap;
}
