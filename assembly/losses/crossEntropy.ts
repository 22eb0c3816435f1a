import { lanes } from "../math/lanes";
import { pixelwise } from "../pixelwise/pixelwise";
import { evaluate, PixelLoss, unitRow } from "../pixelwise/units";

/**
 * F = u = -log p. Yi-de, Qing, Zhi-bai, "Automated image segmentation using improved PCNN model based on
 * cross-entropy", 2004.
 */
@final
@unmanaged
class CrossEntropy extends PixelLoss {
  @inline evaluate(u: v128, p: v128, q: v128, unit: usize): void {
    unitRow.put(unit, u, q);
  }
  @inline value(u: v128, q: v128, unit: usize): v128 {
    return u;
  }
  @inline byU(u: v128, q: v128, unit: usize): v128 {
    return lanes.one();
  }
  @inline byQ(u: v128, q: v128, unit: usize): v128 {
    return f32x4.splat(0);
  }
}

export function crossEntropy(step: i32, from: i32, to: i32): f64 {
  return pixelwise(step, from, to, (from, to) => evaluate<CrossEntropy>(from, to), true);
}
