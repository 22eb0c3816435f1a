import { confusion } from "../overlap/confusion";
import { OverlapLoss, row } from "../overlap/row";

/**
 * 1 - r, r = (a b - f g + s1) / sqrt((a + f)(a + g)(b + f)(b + g) + s2) of the four counts a = TP, b = TN, f = FP and
 * g = FN, each with s added. Abhishek, Hamarneh, "Matthews Correlation Coefficient Loss for Deep Convolutional
 * Networks: Application to Skin Lesion Segmentation", 2021, equation 7.
 */
@final
@unmanaged
class MatthewsCorrelation extends OverlapLoss {
  smooth: f64;
  smoothNumerator: f64;
  smoothDenominator: f64;

  score(): f64 {
    const a = row.hits + this.smooth,
      b = row.rejections + this.smooth,
      f = row.falseAlarms + this.smooth,
      g = row.misses + this.smooth,
      positives = a + f,
      truths = a + g,
      others = b + f,
      negatives = b + g,
      square = positives * truths * others * negatives + this.smoothDenominator;
    row.no = row.yes = 0;
    if (row.falseAlarms == 0 && row.misses == 0) return 0;
    if (square == 0) return 1;
    const root = Math.sqrt(square),
      agreement = a * b - f * g,
      r = (agreement + this.smoothNumerator) / root,
      h = r / (2 * square);
    // products of three of the four sums, not the product of all over one of them, which may be 0
    const byHits = h * others * negatives * (positives + truths) - b / root,
      byRejections = h * positives * truths * (others + negatives) - a / root,
      byAlarms = g / root + h * truths * negatives * (positives + others),
      byMisses = f / root + h * positives * others * (truths + negatives);
    row.no = byAlarms - byRejections;
    row.yes = byHits - byMisses;
    if (agreement <= 0) return 1 - r;
    // 1 - r = (square - agreement^2) / (root (root + agreement)) less s1: written out, no term cancels another
    const both = a * b + f * g,
      left = a * g + f * b,
      right = a * f + g * b;
    const rest = 4 * a * b * f * g + both * (left + right) + left * right + this.smoothDenominator;
    return rest / (root * (root + agreement)) - this.smoothNumerator / root;
  }
}

export function matthewsCorrelation(step: i32, from: i32, to: i32): f64 {
  return confusion<MatthewsCorrelation>(step, from, to);
}
