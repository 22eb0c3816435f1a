import { doubles } from "../math/doubles";
import { linear } from "../overlap/overlap";
import { OverlapLoss, row } from "../overlap/row";

/**
 * The Tversky part, R^e with an exponent for class 0 and one for the rare classes; its focal part is the focal kernel.
 * Yeung, Sala, Schonlieb, Rundo, "Unified Focal loss", 2022, equations 15 to 21.
 * A single channel stands for two classes: its complement's false alarms are its own misses, and the other way round.
 */
@final
@unmanaged
class UnifiedFocalOverlap extends OverlapLoss {
  delta: f64;
  exponentBackground: f64;
  exponentForeground: f64;
  smoothNumerator: f64;
  smoothDenominator: f64;
  complement: f64;

  @inline private power(exponent: f64): f64 {
    const ratio = row.ratio(1, 1 - this.delta, this.delta, this.smoothNumerator, this.smoothDenominator);
    if (exponent == 1) return ratio;
    if (ratio <= 0) {
      row.scale(0);
      return 0;
    }
    const power = doubles.power(ratio, exponent);
    row.scale((exponent * power) / ratio);
    return power;
  }

  score(): f64 {
    const both = this.complement != 0;
    const value = this.power(row.foreground != 0 || both ? this.exponentForeground : this.exponentBackground);
    if (!both) return value;
    const no = row.no,
      yes = row.yes,
      misses = row.misses;
    row.hits = row.others - row.falseAlarms;
    row.misses = row.falseAlarms;
    row.falseAlarms = misses;
    const complement = this.power(this.exponentBackground),
      complementNo = row.no;
    row.no = (no - row.yes) / 2;
    row.yes = (yes - complementNo) / 2;
    return (value + complement) / 2;
  }
}

export function unifiedFocalOverlap(step: i32, from: i32, to: i32): f64 {
  return linear<UnifiedFocalOverlap>(step, from, to);
}
