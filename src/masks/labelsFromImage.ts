import { SegLossError } from "../errors.js";
import { brief, checkNames } from "../options/names.js";
import { isLabel, type LabelMap, labelArray } from "./labelMap.js";
import { type Palette, readPalette, showColor } from "./palette.js";
import { type CanvasLike, type ImageLike, type PictureLike, type Pixels, readPixels } from "./pixels.js";

/** Exactly one of `palette`, `alpha` and `channel`. */
export type LabelsFromImageOptions =
  | {
      /** The colour of each label; a pixel's alpha does not count. The image must have 8 bits a channel. */
      readonly palette: Palette;
      /** The label of colours that the palette does not have; without it, such a colour is an error. */
      readonly unknown?: number;
      /** True takes the nearest colour of the palette (in red, green and blue) for one that it does not have. */
      readonly nearest?: boolean;
    }
  | {
      /** Label 1 where alpha is at least this (1 to 255; 128 is the middle), 0 elsewhere. */
      readonly alpha: number;
    }
  | {
      /** The numbers of one channel (0 is red or grey) are the labels. */
      readonly channel: number;
      /** With it the label is 1 where the channel is at least this, 0 elsewhere: 128 for a 0/255 mask. */
      readonly threshold?: number;
    };

const NAME = "labelsFromImage";
const refuse = (code: "SHAPE_MISMATCH" | "INVALID_OPTION" | "UNSUPPORTED", message: string) =>
  new SegLossError(code, `${NAME}: ${message}`);

/** The label of each colour of a palette; alpha does not count. */
function readColors(palette: unknown): Map<number, number> {
  const labels = new Map<number, number>();
  for (const [label, { color }] of readPalette(palette, NAME)) {
    const other = labels.get(color);
    if (other !== undefined && other !== label)
      throw refuse("INVALID_OPTION", `option palette has ${showColor(color)} twice, for labels ${other} and ${label}`);
    labels.set(color, label);
  }
  return labels;
}

/** The label of the colour nearest in red, green and blue, the first of equals. */
function nearestLabel(labels: ReadonlyMap<number, number>, wanted: number): number | undefined {
  let least = Number.POSITIVE_INFINITY,
    found: number | undefined;
  for (const [color, label] of labels) {
    let far = 0;
    for (const shift of [16, 8, 0]) far += (((color >> shift) & 255) - ((wanted >> shift) & 255)) ** 2;
    if (far >= least) continue;
    least = far;
    found = label;
  }
  return found;
}

/** Reads colours pixel by pixel; neighbours mostly have the same. */
function byPalette(
  { data, width, channels }: Pixels,
  palette: unknown,
  unknown: unknown,
  nearest: unknown,
): LabelMap["data"] {
  if (data instanceof Uint16Array)
    throw refuse("UNSUPPORTED", "a palette needs an image of 8 bits a channel, got a Uint16Array");
  if (unknown !== undefined && !isLabel(unknown))
    throw refuse("INVALID_OPTION", `option unknown must be a label, got ${brief(unknown)}`);
  if (nearest !== undefined && typeof nearest !== "boolean")
    throw refuse("INVALID_OPTION", `option nearest must be true or false, got ${brief(nearest)}`);
  if (nearest && unknown !== undefined)
    throw refuse("INVALID_OPTION", "option unknown does not go with option nearest, which leaves no colour unknown");
  const labels = readColors(palette),
    found = new Map(labels),
    out = labelArray(
      data.length / channels,
      unknown === undefined ? [...labels.values()] : [...labels.values(), unknown],
    ),
    [green, blue] = channels > 2 ? [1, 2] : [0, 0];
  let last = -1,
    label = 0;
  for (let i = 0, at = 0; i < out.length; i++, at += channels) {
    const color = (data[at] << 16) | (data[at + green] << 8) | data[at + blue];
    if (color !== last) {
      const own = found.get(color) ?? (nearest ? nearestLabel(labels, color) : (unknown as number | undefined));
      if (own === undefined) {
        const where = `column ${i % width}, row ${Math.floor(i / width)}`;
        throw new SegLossError(
          "INVALID_TARGET",
          `${NAME}: pixel ${i} (${where}) has colour ${showColor(color)}, which the palette does not have; ` +
            "option unknown gives a label for it",
        );
      }
      found.set(color, own);
      last = color;
      label = own;
    }
    out[i] = label;
  }
  return out;
}

function byThreshold({ data, channels }: Pixels, channel: number, threshold: unknown, option: string): Uint8Array {
  const most = data instanceof Uint16Array ? 65535 : 255;
  if (typeof threshold !== "number" || !(threshold > 0 && threshold <= most))
    throw refuse(
      "INVALID_OPTION",
      `option ${option} must be a number above 0 and at most ${most}, got ${brief(threshold)}`,
    );
  const out = new Uint8Array(data.length / channels);
  for (let i = 0; i < out.length; i++) out[i] = data[i * channels + channel] >= threshold ? 1 : 0;
  return out;
}

function byChannel(image: Pixels, channel: unknown, threshold: unknown): LabelMap["data"] {
  const { data, channels } = image;
  if (!Number.isInteger(channel) || (channel as number) < 0 || (channel as number) >= channels)
    throw refuse(
      "INVALID_OPTION",
      `option channel must be a whole number from 0 to ${channels - 1}, got ${brief(channel)}`,
    );
  if (threshold !== undefined) return byThreshold(image, channel as number, threshold, "threshold");
  const out =
    data instanceof Uint16Array ? new Uint16Array(data.length / channels) : new Uint8Array(data.length / channels);
  for (let i = 0; i < out.length; i++) out[i] = data[i * channels + (channel as number)];
  return out;
}

/** Which options go together. */
const ways = { palette: ["unknown", "nearest"], alpha: [], channel: ["threshold"] } as const;

/**
 * Labels [1, height, width] of an image, a canvas, or what can be drawn on one, by the colours of a palette, by a
 * threshold of alpha, or from one channel. Labels are in a Uint8Array where all possible ones fit, else in a
 * Uint16Array or Int32Array. Throws INVALID_TARGET for a colour that the palette does not have, INVALID_OPTION and
 * SHAPE_MISMATCH for options and images that do not fit.
 */
export function labelsFromImage(
  image: ImageLike | CanvasLike | PictureLike,
  options: LabelsFromImageOptions,
): LabelMap {
  checkNames(NAME, options, ["palette", "unknown", "nearest", "alpha", "channel", "threshold"]);
  const given = (Object.keys(ways) as (keyof typeof ways)[]).filter(
    (name) => (options as Record<string, unknown>)[name] !== undefined,
  );
  if (given.length !== 1)
    throw refuse(
      "INVALID_OPTION",
      `exactly one of the options palette, alpha and channel must be given, got ${given.join(" and ") || "none"}`,
    );
  const { palette, unknown, nearest, alpha, channel, threshold } = options as Record<string, unknown>,
    [way] = given;
  const stray = (["unknown", "nearest", "threshold"] as const).find(
    (name) =>
      (options as Record<string, unknown>)[name] !== undefined && !(ways[way] as readonly string[]).includes(name),
  );
  if (stray) throw refuse("INVALID_OPTION", `option ${stray} does not go with option ${way}`);
  const pixels = readPixels(NAME, image),
    shape = [1, pixels.height, pixels.width] as const;
  if (way === "palette") return { data: byPalette(pixels, palette, unknown, nearest), shape };
  if (way === "channel") return { data: byChannel(pixels, channel, threshold), shape };
  if (pixels.channels % 2 === 1)
    throw refuse("UNSUPPORTED", `option alpha needs an image with alpha, got ${pixels.channels} channels`);
  const { data, channels } = pixels,
    most = data instanceof Uint16Array ? 65535 : 255,
    labels = byThreshold(pixels, channels - 1, alpha, "alpha");
  if (data.length > 0 && data.every((n: number, i: number) => i % channels < channels - 1 || n === most))
    throw refuse(
      "UNSUPPORTED",
      "option alpha needs an image with transparent pixels, got one that is opaque everywhere; its colours are read " +
        "by the options palette and channel",
    );
  return { data: labels, shape };
}
