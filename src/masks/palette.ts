import { SegLossError } from "../errors.js";
import { isLabel } from "./labelMap.js";

/** Red, green and blue from 0 to 255, or "#rrggbb". */
export type Color = readonly [red: number, green: number, blue: number] | `#${string}`;

/** The colour of each label: a list, or an object with labels as keys such as `{ 0: "#000000", 255: "#e0e0c0" }`. */
export type Palette = readonly Color[] | Readonly<Record<number, Color>>;

/** A colour as one number, 0xrrggbb. */
export function readColor(color: unknown, what: string): number {
  if (typeof color === "string" && /^#[0-9a-f]{6}$/i.test(color)) return Number.parseInt(color.slice(1), 16);
  const isByte = (n: unknown) => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= 255;
  if (Array.isArray(color) && color.length === 3 && color.every(isByte))
    return (color[0] << 16) | (color[1] << 8) | color[2];
  throw new SegLossError(
    "INVALID_OPTION",
    `${what} must be [red, green, blue] from 0 to 255 or "#rrggbb", got ${JSON.stringify(color) ?? String(color)}`,
  );
}

export const showColor = (color: number): string => `#${color.toString(16).padStart(6, "0")}`;

/** The labels of a palette and their colours. */
export function readPalette(palette: unknown, what: string): readonly (readonly [label: number, color: number])[] {
  if (palette === null || typeof palette !== "object") {
    throw new SegLossError(
      "INVALID_OPTION",
      `${what}: option palette must be a list of colours or an object with labels as keys, got ${String(palette)}`,
    );
  }
  return Object.entries(palette).map(([key, color]) => {
    const label = Number(key);
    if (!isLabel(label))
      throw new SegLossError(
        "INVALID_OPTION",
        `${what}: option palette has the key ${JSON.stringify(key)}, expected labels`,
      );
    return [label, readColor(color, `${what}: the palette's colour of label ${label}`)];
  });
}
