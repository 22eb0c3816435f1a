import { labelsFromImage } from "../../masks.js";
import type { Reading, Volume } from "./volume.js";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
  /** The largest number that its depth can hold. */
  readonly top: number;
  /** True where the numbers are entries of a palette: classes, but no intensities. */
  readonly indexed: boolean;
}

/** The first channel where the others say nothing more: colours that are greys, an alpha that is even or the mask. */
function asGrey({ data, channels }: Pixels): Pixels["data"] | undefined {
  const colours = channels < 3 ? 1 : 3,
    alpha = channels - 1;
  let even = true,
    mask = true;
  for (let at = 0; at < data.length; at += channels) {
    for (let c = 1; c < colours; c++) if (data[at + c] !== data[at]) return undefined;
    even &&= data[at + alpha] === data[alpha];
    mask &&= data[at + alpha] === data[at];
  }
  if (channels !== colours && !even && !mask)
    throw new Error("holds grey levels and an alpha that differs from them; save the mask without alpha");
  return data.filter((_, i) => i % channels === 0);
}

/** A picture as labels or grey levels: by its palette, or by the greys that its colours are. */
export function volumeOf(pixels: Pixels, { palette }: Reading): Volume {
  const { data, width, height, channels, top, indexed } = pixels,
    common = { shape: [height, width], axes: ["HW"] };
  if (palette && channels > 2) {
    if (data instanceof Uint16Array) throw new Error("holds colours of 16 bits; --palette takes 8 bits");
    try {
      const labels = labelsFromImage({ ...pixels, data }, { palette }).data;
      return { ...common, data: new Int32Array(labels), top, indexed: true };
    } catch (error) {
      throw new Error((error as Error).message.replace(/^labelsFromImage: /, "").replace(/; option unknown.*/, ""));
    }
  }
  if (channels === 1) return { ...common, data, top, indexed };
  const grey = asGrey(pixels);
  if (!grey)
    throw new Error(
      "holds colours; say which label each stands for with --palette, such as --palette 0=#000000 1=#ff0000",
    );
  const what = channels < 3 ? "grey levels with alpha" : "colours that are all grey";
  return { ...common, data: grey, top, indexed: false, notes: [`${what}, read as grey levels`] };
}
