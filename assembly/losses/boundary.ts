import { gatherMap, MapLoss, slopeOfWeights } from "../overlap/maps";
import { sweep, sweepEntries } from "../overlap/sweep";
import { frame } from "../tile/frame";
import { Step } from "../tile/steps";
import { Labels } from "../tile/target";

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
}

/** The target has a part in the map alone. */
export function boundary(step: i32, first: i32, last: i32): f64 {
  frame.check(first, last);
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  if (step == Step.Sweep) sweep(from, to);
  else if (step == Step.SweepEntries) sweepEntries(from, to);
  else if (step <= Step.GatherSoft) gatherMap<Boundary, Labels>(from, to);
  else slopeOfWeights(from, to);
  return 0;
}
