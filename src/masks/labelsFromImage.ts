import { SegLossError } from "../errors.js";
import { checkNames, isLabel, type LabelMap, labelArray } from "./labelMap.js";
import { type Palette, readPalette, showColor } from "./palette.js";

/** Pixels row by row with 1 to 4 channels each: ImageData, Transformers.js' RawImage, a decoded PNG. */
export interface ImageLike {
  readonly data: Uint8ClampedArray | Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; found from the length of `data` if missing. */
  readonly channels?: number;
}

/** A canvas of a page or an OffscreenCanvas, whose context is "2d". */
export interface CanvasLike {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): { getImageData(x: number, y: number, width: number, height: number): ImageLike } | null;
}

/** Exactly one of `palette`, `alpha` and `channel`. */
export type LabelsFromImageOptions =
  | {
      /** The colour of each label; a pixel's alpha does not count. The image must have 8 bits a channel. */
      readonly palette: Palette;
      /** The label of colours that the palette does not have; without it, such a colour is an error. */
      readonly unknown?: number;
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

interface Pixels extends ImageLike {
  readonly channels: number;
}

const NAME = "labelsFromImage";
const refuse = (code: "SHAPE_MISMATCH" | "INVALID_OPTION" | "UNSUPPORTED", message: string) =>
  new SegLossError(code, `${NAME}: ${message}`);

function readImage(given: ImageLike | CanvasLike): Pixels {
  if (given === null || typeof given !== "object")
    throw refuse("SHAPE_MISMATCH", `image must be { data, width, height } or a canvas, got ${String(given)}`);
  let image = given as ImageLike;
  if ("getContext" in given) {
    const context = given.getContext("2d");
    if (!context) throw refuse("UNSUPPORTED", 'image must be a canvas with a "2d" context, got one with another');
    image = context.getImageData(0, 0, given.width, given.height);
  }
  const { data, width, height } = image,
    channels = image.channels ?? data?.length / (width * height);
  const isBytes = data instanceof Uint8ClampedArray || data instanceof Uint8Array || data instanceof Uint16Array;
  if (!isBytes)
    throw refuse(
      "SHAPE_MISMATCH",
      "image must be { data, width, height } with data in a Uint8ClampedArray, Uint8Array or Uint16Array, or a canvas",
    );
  if (![1, 2, 3, 4].includes(channels) || data.length !== width * height * channels) {
    const got = image.channels === undefined ? "" : ` in ${channels} channels`;
    throw refuse(
      "SHAPE_MISMATCH",
      `image must have 1 to 4 channels, got ${data.length} numbers for ${width} x ${height} pixels${got}`,
    );
  }
  return { data, width, height, channels };
}

/** Reads colours pixel by pixel; neighbours mostly have the same. */
function byPalette({ data, width, channels }: Pixels, palette: unknown, unknown: unknown): LabelMap["data"] {
  if (data instanceof Uint16Array)
    throw refuse("UNSUPPORTED", "a palette needs an image of 8 bits a channel, got a Uint16Array");
  if (unknown !== undefined && !isLabel(unknown))
    throw refuse("INVALID_OPTION", `option unknown must be a label, got ${String(unknown)}`);
  const labels = new Map<number, number>();
  for (const [label, color] of readPalette(palette, NAME)) {
    if (labels.has(color))
      throw refuse(
        "INVALID_OPTION",
        `option palette has ${showColor(color)} twice, for labels ${labels.get(color)} and ${label}`,
      );
    labels.set(color, label);
  }
  const out = labelArray(
      data.length / channels,
      unknown === undefined ? [...labels.values()] : [...labels.values(), unknown],
    ),
    [green, blue] = channels > 2 ? [1, 2] : [0, 0];
  let last = -1,
    label = 0;
  for (let i = 0, at = 0; i < out.length; i++, at += channels) {
    const color = (data[at] << 16) | (data[at + green] << 8) | data[at + blue];
    if (color !== last) {
      const found = labels.get(color) ?? unknown;
      if (found === undefined) {
        const where = `column ${i % width}, row ${Math.floor(i / width)}`;
        throw new SegLossError(
          "INVALID_TARGET",
          `${NAME}: pixel ${i} (${where}) has colour ${showColor(color)}, which the palette does not have; option unknown gives a label for it`,
        );
      }
      last = color;
      label = found;
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
      `option ${option} must be a number above 0 and at most ${most}, got ${String(threshold)}`,
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
      `option channel must be a whole number from 0 to ${channels - 1}, got ${String(channel)}`,
    );
  if (threshold !== undefined) return byThreshold(image, channel as number, threshold, "threshold");
  const out =
    data instanceof Uint16Array ? new Uint16Array(data.length / channels) : new Uint8Array(data.length / channels);
  for (let i = 0; i < out.length; i++) out[i] = data[i * channels + (channel as number)];
  return out;
}

/** Which options go together. */
const ways = { palette: ["unknown"], alpha: [], channel: ["threshold"] } as const;

/**
 * Labels [1, height, width] of an image or canvas, by the colours of a palette, by a threshold of alpha, or from one
 * channel. Labels are in a Uint8Array where all possible ones fit, else in a Uint16Array or Int32Array. Throws
 * INVALID_TARGET for a colour that the palette does not have, INVALID_OPTION and SHAPE_MISMATCH for options and images
 * that do not fit.
 */
export function labelsFromImage(image: ImageLike | CanvasLike, options: LabelsFromImageOptions): LabelMap {
  checkNames(NAME, options, ["palette", "unknown", "alpha", "channel", "threshold"]);
  const given = (Object.keys(ways) as (keyof typeof ways)[]).filter(
    (name) => (options as Record<string, unknown>)[name] !== undefined,
  );
  if (given.length !== 1)
    throw refuse(
      "INVALID_OPTION",
      `exactly one of the options palette, alpha and channel must be given, got ${given.join(" and ") || "none"}`,
    );
  const { palette, unknown, alpha, channel, threshold } = options as Record<string, unknown>,
    [way] = given;
  const stray = (["unknown", "threshold"] as const).find(
    (name) =>
      (options as Record<string, unknown>)[name] !== undefined && !(ways[way] as readonly string[]).includes(name),
  );
  if (stray) throw refuse("INVALID_OPTION", `option ${stray} does not go with option ${way}`);
  const pixels = readImage(image),
    shape = [1, pixels.height, pixels.width] as const;
  if (way === "palette") return { data: byPalette(pixels, palette, unknown), shape };
  if (way === "channel") return { data: byChannel(pixels, channel, threshold), shape };
  if (pixels.channels % 2 === 1)
    throw refuse("UNSUPPORTED", `option alpha needs an image with alpha, got ${pixels.channels} channels`);
  return { data: byThreshold(pixels, pixels.channels - 1, alpha, "alpha"), shape };
}
