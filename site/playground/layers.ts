// What the canvas can show, pixel by pixel.
import { classColours } from "./colours.js";
import { best } from "./drawing.js";
import type { Canvas } from "./edits.js";
import type { LayerName } from "./link.js";
import { VOID } from "./scenes.js";

export const MISSED = [214, 90, 160] as const;
export const EXTRA = [80, 175, 235] as const;
export const RIGHT = [92, 96, 104] as const;
const NOTHING = [110, 110, 118] as const;

/** A colour as a pixel of an ImageData. */
const packed = ([r, g, b]: readonly number[]): number => (255 << 24) | (b << 16) | (g << 8) | r;
const classes = classColours.map(packed),
  [missed, extra, right, nothing] = [MISSED, EXTRA, RIGHT, NOTHING].map(packed);

/** Of two classes the prediction is a table of one number: a stroke must not wait for exponentials. */
const LEVELS = 1024,
  MOST = 8;
const binary = Int32Array.from({ length: LEVELS + 1 }, (_, i) => {
  const p = 1 / (1 + Math.exp(MOST - (2 * MOST * i) / LEVELS));
  return packed(classColours[0].map((ground, k) => Math.round(ground + p * (classColours[1][k] - ground))));
});

function predictionOfTwo({ logits }: Canvas, out: Int32Array): void {
  const plane = out.length,
    factor = LEVELS / (2 * MOST);
  for (let at = 0; at < plane; at++) {
    const z = (logits[plane + at] - logits[at] + MOST) * factor;
    out[at] = binary[z < 0 ? 0 : z > LEVELS ? LEVELS : Math.round(z)];
  }
}

/** Each class's colour, as strong as it is probable. */
function prediction({ logits, scene }: Canvas, out: Int32Array): void {
  const plane = out.length,
    weights = new Float64Array(scene.classes);
  for (let at = 0; at < plane; at++) {
    let most = logits[at],
      sum = 0;
    for (let c = 1; c < scene.classes; c++) most = Math.max(most, logits[c * plane + at]);
    for (let c = 0; c < scene.classes; c++) {
      weights[c] = Math.exp(logits[c * plane + at] - most);
      sum += weights[c];
    }
    let r = 0,
      g = 0,
      b = 0;
    for (let c = 0; c < scene.classes; c++) {
      const p = weights[c] / sum,
        colour = classColours[c];
      r += p * colour[0];
      g += p * colour[1];
      b += p * colour[2];
    }
    out[at] = (255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r);
  }
}

function difference(now: Canvas, at: number): number {
  const label = now.target[at];
  if (label === VOID) return nothing;
  if (best(now, at) === label) return label === 0 ? classes[0] : right;
  return label === 0 ? extra : missed;
}

/** A layer as the pixels of an ImageData. */
export function paintLayer(now: Canvas, layer: LayerName, out: Int32Array): void {
  const { scene, target } = now;
  if (layer === "prediction") {
    (scene.classes === 2 ? predictionOfTwo : prediction)(now, out);
    return;
  }
  for (let at = 0; at < out.length; at++) {
    if (layer === "truth") out[at] = target[at] === VOID ? nothing : classes[target[at]];
    else if (layer === "difference") out[at] = difference(now, at);
    else {
      const grey = scene.image?.[at] ?? 40;
      out[at] = packed([grey, grey, grey]);
    }
  }
}
