import { SegLossError } from "../errors.js";
import { checkNames } from "../options/names.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { isLabelArray } from "../tensors/shape.js";
import { readPlane } from "./labelMap.js";
import { type Color, type Palette, type PaletteName, readColor, readPalette } from "./palette.js";

export type { Color, Palette, PaletteName };

export interface ImageFromLabelsOptions {
  /** The colour of each label. */
  readonly palette: Palette;
  /** The colour of labels that the palette does not have; without it, such a label is an error. */
  readonly unknown?: Color;
}

const NAME = "imageFromLabels";

/**
 * Labels [H, W] or [1, H, W] as a picture, opaque where the palette has no alpha: `new ImageData(data, width, height)`
 * makes of it what a canvas puts. Throws INVALID_TARGET for a label that the palette does not have, and for data that
 * are no labels.
 */
export function imageFromLabels(labels: TensorLike, options: ImageFromLabelsOptions) {
  checkNames(NAME, options, ["palette", "unknown"]);
  const { data: plane, width, height } = readPlane(labels, `${NAME}: labels`),
    colors = new Map([...readPalette(options.palette, NAME)].reverse()), // the first of a label's colours
    unknown = options.unknown === undefined ? undefined : readColor(options.unknown, `${NAME}: option unknown`);
  if (!isLabelArray(plane))
    throw new SegLossError(
      "INVALID_TARGET",
      `${NAME}: labels must be in an integer typed array, got ${plane.constructor.name}`,
    );
  const data = new Uint8ClampedArray(4 * plane.length);
  for (let i = 0; i < plane.length; i++) {
    const color = colors.get(plane[i]) ?? unknown;
    if (color === undefined) {
      const where = `column ${i % width}, row ${Math.floor(i / width)}`;
      throw new SegLossError(
        "INVALID_TARGET",
        `${NAME}: pixel ${i} (${where}) has label ${plane[i]}, which the palette does not have; option ` +
          "unknown gives a colour for it",
      );
    }
    data[4 * i] = color.color >> 16;
    data[4 * i + 1] = (color.color >> 8) & 255;
    data[4 * i + 2] = color.color & 255;
    data[4 * i + 3] = color.alpha;
  }
  return { data, width, height };
}

/** Red, green, blue and alpha of each pixel, row by row. */
export type RgbaImage = ReturnType<typeof imageFromLabels>;
