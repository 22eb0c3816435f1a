import { MapLoss, map } from "../overlap/maps";
import { sweep } from "../overlap/sweep";
import { frame } from "../tile/frame";
import { Step } from "../tile/steps";

/**
 * Sum of w p: w the signed distance map of Kervadec, Bouchtiba, Desrosiers, Granger, Dolz, Ben Ayed, "Boundary loss for
 * highly unbalanced segmentation", 2019, equation 5, or the region-wise map of Valverde, Tohka, "Region-wise Loss for
 * Biomedical Image Segmentation", 2021.
 */
@final
@unmanaged
class Boundary extends MapLoss {
  @inline value(w: v128, p: v128, error: v128): v128 {
    return f32x4.mul(w, p);
  }
  @inline slope(w: v128, error: v128): v128 {
    return w;
  }
}

export function boundary(step: i32, from: i32, to: i32): f64 {
  if (step != Step.Sweep) return map<Boundary>(step, from, to);
  frame.check(from, to);
  sweep((<usize>from) << 2, (<usize>to) << 2);
  return 0;
}
