import { encode } from "fast-png";
import type { Item } from "./items";

/** A picture as a data URI, and the number that the ends of its colour scale stand for. */
export interface Picture {
  readonly uri: string;
  readonly width: number;
  readonly height: number;
  readonly extreme?: number;
}

/** The slice of a volume that is shown: the one with most foreground. A 2-D image is its only slice. */
export function chooseSlice({ pred, target, spatial }: Item): number {
  if (spatial.length < 3) return 0;
  const size = spatial[1] * spatial[2],
    classes = Math.max(2, pred.shape[1]),
    isForeground = (v: number) => (v > 0 && v < classes ? 1 : 0),
    counts = Array.from({ length: spatial[0] }, (_, z) =>
      target.data.subarray(z * size, (z + 1) * size).reduce((n, v) => n + isForeground(v), 0),
    );
  return counts.indexOf(Math.max(...counts));
}

const plane = (spatial: readonly number[]) => ({ height: spatial.at(-2) ?? 1, width: spatial.at(-1) as number });

/** Colours of three channels, or of four where some pixels are seen through. */
export function picture(data: Uint8Array, width: number, height: number, extreme?: number): Picture {
  const png = encode({ data, width, height, channels: data.length / (width * height), depth: 8 });
  return { uri: `data:image/png;base64,${Buffer.from(png).toString("base64")}`, width, height, extreme };
}

function paint(spatial: readonly number[], colour: (i: number) => readonly number[]): Picture {
  const { width, height } = plane(spatial),
    rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) rgb.set(colour(i), 3 * i);
  return picture(rgb, width, height);
}

/** Okabe and Ito's colours, which the colour-blind tell apart; class 0 is dark. */
const classColours = [
  [24, 24, 32],
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
] as const;
const voidColour = [128, 128, 128] as const;
export const classColour = (label: number) => classColours[label % classColours.length];
export const css = (colour: readonly number[]) => `rgb(${colour.join(",")})`;

/** What the colours of truth and prediction mean: CSS colour and words. */
export function legend({ pred, target }: Item): { readonly colour: string; readonly means: string }[] {
  const classes = pred.shape[1],
    shown =
      classes === 1
        ? ["background, probability 0", "foreground, probability 1"]
        : Array.from({ length: classes }, (_, c) => `class ${c}`);
  const entries = shown.slice(0, classColours.length).map((means, c) => ({ colour: css(classColour(c)), means }));
  if (shown.length > entries.length)
    entries.push({ colour: "transparent", means: "further classes repeat these colours" });
  return target.data.some((v) => v < 0 || v >= shown.length)
    ? [...entries, { colour: css(voidColour), means: "void" }]
    : entries;
}

/** Blue below zero, white at zero, red above: -1 to 1. */
export function diverging(t: number): [number, number, number] {
  const strength = Math.min(1, Math.abs(t)),
    end = t < 0 ? [33, 102, 172] : [178, 24, 43];
  return end.map((channel) => Math.round(247 + (channel - 247) * strength)) as [number, number, number];
}

/** The image, grey or in colours, its numbers stretched from black to white. */
export function imagePicture({ image, spatial }: Item, slice: number): Picture | undefined {
  if (!image) return undefined;
  const { data, channels } = image,
    { width, height } = plane(spatial),
    colours = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  const at = (i: number, c: number) => data[(slice * width * height + i) * channels + c];
  let low = Infinity,
    high = -Infinity;
  for (let i = 0; i < width * height; i++) {
    for (const c of colours) {
      low = Math.min(low, at(i, c));
      high = Math.max(high, at(i, c));
    }
  }
  return paint(spatial, (i) => colours.map((c) => Math.round((255 * (at(i, c) - low)) / Math.max(high - low, 1e-9))));
}

export function targetPicture({ pred, target, spatial }: Item, slice: number): Picture {
  const { width, height } = plane(spatial),
    at = slice * width * height,
    classes = Math.max(2, pred.shape[1]);
  return paint(spatial, (i) => {
    const label = target.data[at + i];
    return label >= 0 && label < classes ? classColour(label) : voidColour;
  });
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** The class of the largest logit; with one channel the probability, from dark to the foreground's colour. */
export function predictionPicture({ pred, spatial, activation }: Item, slice: number): Picture {
  const { width, height } = plane(spatial),
    at = slice * width * height,
    pixels = spatial.reduce((a, b) => a * b, 1),
    classes = pred.shape[1];
  const [dark, bright] = [classColours[0], classColours[1]];
  return paint(spatial, (i) => {
    if (classes === 1) {
      const z = pred.data[at + i],
        p = activation === "none" ? z : sigmoid(z);
      return [0, 1, 2].map((c) => Math.round(dark[c] + p * (bright[c] - dark[c])));
    }
    let best = 0;
    for (let c = 1; c < classes; c++) if (pred.data[c * pixels + at + i] > pred.data[best * pixels + at + i]) best = c;
    return classColour(best);
  });
}

/**
 * dLoss/dlogit of the true class (with one channel: of the channel): blue where a step of descent raises it, red where
 * it lowers it. The scale ends at the 99.5th percentile of the shown magnitudes, so that a few extreme pixels do not
 * hide the others.
 */
export function gradientPicture({ target, spatial, pred }: Item, grad: Float32Array, slice: number): Picture {
  const { width, height } = plane(spatial),
    size = width * height,
    at = slice * size,
    pixels = spatial.reduce((a, b) => a * b, 1),
    classes = pred.shape[1];
  const shown = Float32Array.from({ length: size }, (_, i) => {
    const label = target.data[at + i];
    return classes === 1 ? grad[at + i] : label >= 0 && label < classes ? grad[label * pixels + at + i] : 0;
  });
  const sorted = shown.map(Math.abs).sort(),
    extreme = sorted[Math.floor(0.995 * (size - 1))] || sorted[size - 1];
  return { ...paint(spatial, (i) => diverging(extreme > 0 ? shown[i] / extreme : 0)), extreme };
}
