import { sortRecords } from "../math/sort";
import { IN_CLASS } from "../planes/errors";

/**
 * The Lovasz extension of the Jaccard loss of one class: sum of g_k e_k over the errors e = |t - p| in descending
 * order. With G foreground pixels, S of them and n others seen so far, the Jaccard loss is 1 - (G - S) / (G + n), so a
 * further foreground pixel adds 1 / (G + n) and another one (G - S) / ((G + n)(G + n + 1)): no differences of nearly
 * equal numbers. Berman, Rannen Triki, Blaschko, "The Lovasz-Softmax Loss", 2018, equations 8 and 9. Takes the records
 * of ranking.ts; `slopes`, where it is wanted, takes factor dL/dp of each pixel.
 */
export function lovaszSoftmax(
  records: usize,
  spare: usize,
  count: i32,
  foreground: f64,
  slopes: usize,
  factor: f64,
): f64 {
  const sorted = sortRecords(records, spare, count);
  let seen: f64 = 0,
    others: f64 = 0,
    sum: f64 = 0;
  for (let at = sorted, end = sorted + ((<usize>count) << 3); at < end; at += 8) {
    const pixel = load<u32>(at),
      error = <f64>reinterpret<f32>(~load<u32>(at, 4));
    const t = (pixel & IN_CLASS) != 0;
    let g: f64;
    if (t) {
      g = 1 / (foreground + others);
      seen += 1;
    } else {
      g =
        foreground == 0
          ? others == 0
            ? 1
            : 0
          : (foreground - seen) / ((foreground + others) * (foreground + others + 1));
      others += 1;
    }
    sum += g * error;
    if (slopes) store<f32>(slopes + ((<usize>(pixel & ~IN_CLASS)) << 2), <f32>(t ? -factor * g : factor * g));
  }
  return sum;
}
