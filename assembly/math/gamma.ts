/**
 * log Gamma and its derivative for x > 0 in float64: the recurrence up to 10, then Stirling's series
 * (Abramowitz, Stegun, "Handbook of Mathematical Functions", 6.1.41 and 6.3.18). Error below 1e-14 of max(1, |f|).
 */
export function lgamma(x: f64): f64 {
  let shift = 1.0;
  while (x < 10) {
    shift *= x;
    x += 1;
  }
  const r = 1 / (x * x);
  const series =
    (1 / 12.0 - r * (1 / 360.0 - r * (1 / 1260.0 - r * (1 / 1680.0 - r * (1 / 1188.0 - r * (691 / 360360.0)))))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.91893853320467274178 + series - Math.log(shift);
}

export function digamma(x: f64): f64 {
  let shift = 0.0;
  while (x < 10) {
    shift += 1 / x;
    x += 1;
  }
  const r = 1 / (x * x);
  const series =
    r * (1 / 12.0 - r * (1 / 120.0 - r * (1 / 252.0 - r * (1 / 240.0 - r * (1 / 132.0 - r * (691 / 32760.0))))));
  return Math.log(x) - 0.5 / x - series - shift;
}
