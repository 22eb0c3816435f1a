/** Colours of classes 1 to 7, after Okabe and Ito's list, which people with any colour blindness tell apart. */
export const classColours: readonly (readonly [number, number, number])[] = [
  [16, 18, 22],
  [240, 146, 40],
  [86, 180, 233],
  [0, 158, 115],
  [204, 121, 167],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
];
export const css = ([r, g, b]: readonly number[]): string => `rgb(${r} ${g} ${b})`;

const LEVELS = 255;
/** Blue: the loss wants the logit raised (a gradient below 0); red: lowered; the middle is the page's own ground. */
function diverging(middle: readonly number[], blue: readonly number[], red: readonly number[]): Uint32Array {
  const table = new Uint32Array(2 * LEVELS + 1);
  for (let i = -LEVELS; i <= LEVELS; i++) {
    // The root lets weak gradients be seen.
    const t = Math.sqrt(Math.abs(i) / LEVELS),
      end = i < 0 ? blue : red,
      [r, g, b] = middle.map((m, k) => Math.round(m + (end[k] - m) * t));
    table[i + LEVELS] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return table;
}
const tables = {
  light: diverging([255, 255, 255], [20, 86, 200], [200, 40, 36]),
  dark: diverging([0, 0, 0], [110, 165, 255], [255, 118, 100]),
};
export type Theme = keyof typeof tables;

/** A gradient as pixels, the largest at the end of the scale. */
export function heat(map: Float32Array, largest: number, theme: Theme, out: Uint8ClampedArray): void {
  const table = tables[theme],
    pixels = new Uint32Array(out.buffer),
    factor = largest > 0 ? LEVELS / largest : 0;
  for (let i = 0; i < map.length; i++) {
    // Math.round, which knows a zero below zero, takes twice as long. What is no number has no colour.
    const level = map[i] * factor + (LEVELS + 0.5);
    pixels[i] = level >= 0 ? table[level | 0] : 0;
  }
}
