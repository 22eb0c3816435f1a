/** A number as the page shows it: four digits, a true minus, words where it is none. */
export function short(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text =
    value !== 0 && (size < 1e-3 || size >= 1e5)
      ? value
          .toExponential(digits - 1)
          .replace(/e([+-])(\d+)/, (_, sign, power) => `e${sign === "-" ? "−" : ""}${power}`)
      : size >= 10 ** (digits - 1)
        ? value.toFixed(0)
        : value.toPrecision(digits);
  return text.replace(/^-/, "−");
}

/** A change, with its sign. */
export const change = (difference: number): string =>
  difference === 0 ? "±0" : `${difference > 0 ? "+" : ""}${short(difference, 3)}`;

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Normal numbers (Box and Muller). */
export function normal(seed: number): () => number {
  const next = random(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
