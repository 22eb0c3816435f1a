// How the painted pixels are given to the losses: as they are, beside another sample, or as soft labels.
import { blurred } from "./edits.js";
import type { Picture } from "./picture.js";
import { margins } from "./scenes.js";

/** Ways of giving the same pixels on which libraries part, and why. */
export const givings = {
  labels: { title: "one sample of labels", why: "" },
  batch: {
    title: "batch Dice",
    why:
      "The painted picture in a batch with one whose object has 9 pixels, of which 4 are found. A ratio for each " +
      "sample, then their mean: the small object counts as much as the large one. Sums over the batch before the " +
      "ratio (batch Dice, in smp always): it all but disappears.",
  },
  soft: {
    title: "soft labels",
    why:
      "The truth with a soft border, as of several raters (blurred by 2 pixels). The product p t of the overlap is " +
      "less than t even where p = t, so that a perfect prediction has a loss; min(p, t) has none: ours (overlap l1), " +
      "smp's, JDTLoss's and MONAI's with soft_label. Losses of hard labels refuse.",
  },
} as const;
export type Given = keyof typeof givings;

const TINY = 3,
  SURE = 4,
  SOFT = 2;

/** The other sample of the batch: a square of 3 by 3 pixels in the middle, predicted one to the right and below. */
export function other({ classes, height, width }: Pick<Picture, "classes" | "height" | "width">) {
  const plane = height * width,
    logits = new Float32Array(classes * plane),
    target = new Uint8Array(plane),
    [top, left] = [height, width].map((size) => Math.floor(size / 2) - 1),
    isIn = (y: number, x: number) => y >= 0 && y < TINY && x >= 0 && x < TINY;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (isIn(y - top, x - left)) target[at] = 1;
      margins(logits, at, plane, classes, 1, isIn(y - top - 1, x - left - 1) ? SURE : -SURE);
    }
  return { logits, target };
}

/** Shares of the classes around each pixel, [C, H, W]; none where nobody knows. */
function softened({ target, classes, height, width }: Picture): Float32Array {
  const plane = height * width,
    sum = new Float32Array(plane),
    shares = Array.from({ length: classes }, (_, c) =>
      blurred(
        Float32Array.from(target, (label) => Number(label === c)),
        width,
        height,
        SOFT,
      ),
    );
  for (const share of shares) for (let i = 0; i < plane; i++) sum[i] += share[i];
  const out = new Float32Array(classes * plane);
  shares.forEach((share, c) => {
    for (let i = 0; i < plane; i++) if (target[i] < classes) out[c * plane + i] = share[i] / sum[i];
  });
  return out;
}

/** Prediction and target as tensors. */
export function tensors(picture: Picture, given: Given) {
  const { logits, target, classes, height, width } = picture,
    size = [height, width];
  if (given === "batch") {
    const second = other(picture),
      both = { logits: new Float32Array(2 * logits.length), target: new Uint8Array(2 * target.length) };
    both.logits.set(logits);
    both.logits.set(second.logits, logits.length);
    both.target.set(target);
    both.target.set(second.target, target.length);
    return {
      pred: { data: both.logits, shape: [2, classes, ...size] },
      target: { data: both.target, shape: [2, ...size] },
    };
  }
  const pred = { data: logits, shape: [1, classes, ...size] };
  return given === "soft"
    ? { pred, target: { data: softened(picture), shape: [1, classes, ...size] } }
    : { pred, target: { data: target, shape: [1, ...size] } };
}
