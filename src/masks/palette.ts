import { SegLossError } from "../errors.js";
import { brief } from "../options/names.js";
import { suggestion } from "../options/suggestion.js";
import { digitsOf } from "./colorNames.js";
import { isLabel } from "./labelMap.js";

/**
 * Red, green and blue from 0 to 255, with alpha as a fourth number where it is not 255; "#rgb", "#rrggbb", either with
 * alpha's digits after it; a name of CSS, or "transparent".
 */
export type Color = readonly number[] | string;

/**
 * The colour of each label: a list, or an object with labels as keys such as `{ 0: "#000", 255: "#e0e0c0" }`. A list of
 * colours may stand for one: all are this label's, and the first is the one it is drawn in. "voc" is the colour map of
 * PASCAL VOC (256 labels), "cityscapes" that of the 19 classes of Cityscapes, and black for void, 255.
 */
export type Palette =
  | readonly (Color | readonly Color[])[]
  // Without `object` any string would do: its indices are numbers.
  | (object & Readonly<Record<number, Color | readonly Color[]>>)
  | PaletteName;
export type PaletteName = "voc" | "cityscapes";

/** A colour as red, green, blue and alpha. */
export interface Rgba {
  /** 0xrrggbb */
  readonly color: number;
  readonly alpha: number;
}

const fromDigits = (digits: string): Rgba => ({
  color: Number.parseInt(digits.slice(0, 6), 16),
  alpha: digits.length === 8 ? Number.parseInt(digits.slice(6), 16) : 255,
});

export function readColor(color: unknown, what: string): Rgba {
  if (typeof color === "string") {
    if (/^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(color))
      return fromDigits(color.length < 7 ? color.slice(1).replace(/./g, "$&$&") : color.slice(1));
    const digits = color.toLowerCase() === "transparent" ? "00000000" : digitsOf(color);
    if (digits) return fromDigits(digits);
  }
  const isByte = (n: unknown) => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= 255;
  if (Array.isArray(color) && (color.length === 3 || color.length === 4) && color.every(isByte))
    return { color: (color[0] << 16) | (color[1] << 8) | color[2], alpha: color[3] ?? 255 };
  throw new SegLossError(
    "INVALID_OPTION",
    `${what} must be [red, green, blue] from 0 to 255, "#rrggbb", "#rgb" or a colour's name, got ${brief(color)}`,
  );
}

export const showColor = (color: number): string => `#${color.toString(16).padStart(6, "0")}`;

/** Bits 0, 1, 2 of a label are the highest of red, green and blue, the next three the next ones (VOC devkit). */
function vocColor(label: number): Color {
  const rgb = [0, 0, 0];
  for (let bit = 0; bit < 24; bit++) rgb[bit % 3] |= ((label >> bit) & 1) << (7 - Math.floor(bit / 3));
  return rgb;
}

/** By training id (cityscapesScripts, labels.py). */
const CITYSCAPES =
  "804080 f423e8 464646 66669c be9999 999999 faaa1e dcdc00 6b8e23 98fb98 4682b4 dc143c ff0000 00008e 000046 003c64 " +
  "005064 0000e6 770b20";

const named: Readonly<Record<PaletteName, () => Palette>> = {
  voc: () => Array.from({ length: 256 }, (_, label) => vocColor(label)),
  cityscapes: () => ({ ...CITYSCAPES.split(" ").map((digits) => `#${digits}`), 255: "#000000" }),
};

/** The labels of a palette and their colours, the first of a label's first. */
export function readPalette(given: unknown, what: string): readonly (readonly [label: number, color: Rgba])[] {
  let palette = given;
  if (typeof palette === "string") {
    if (!Object.hasOwn(named, palette)) {
      const names = Object.keys(named),
        known = names.map((name) => ({ name, also: name === "voc" ? ["pascal", "pascalVOC"] : [] }));
      throw new SegLossError(
        "INVALID_OPTION",
        `${what}: there is no palette ${brief(palette)}${suggestion(palette, known)} (palettes: ${names.join(", ")})`,
      );
    }
    palette = named[palette as PaletteName]();
  }
  if (palette === null || typeof palette !== "object") {
    throw new SegLossError(
      "INVALID_OPTION",
      `${what}: option palette must be a list of colours or an object with labels as keys, got ${brief(palette)}`,
    );
  }
  return Object.entries(palette).flatMap(([key, color]) => {
    const label = Number(key);
    if (!isLabel(label))
      throw new SegLossError("INVALID_OPTION", `${what}: option palette has the key ${brief(key)}, expected labels`);
    const colors: readonly unknown[] =
      Array.isArray(color) && color.length > 0 && color.every((each) => typeof each !== "number") ? color : [color];
    return colors.map((each): readonly [number, Rgba] => [
      label,
      readColor(each, `${what}: the palette's colour of label ${label}`),
    ]);
  });
}
