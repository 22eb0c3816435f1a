import type { Kernels } from "../bindings/kernels.js";
import { mapInto } from "../tensors/mapInto.js";
import { markNear } from "./band.js";
import { eachRow, type LabelSide } from "./sides.js";
import { isDense } from "./surfaceDistances.js";

/**
 * Visits the pixels of a class within `width` of others in the image, some of them more than once. Others that are
 * nearest lie no more than a step out of the box around the class, or around a part of it where parts are far apart.
 */
export function visitNear(
  kernels: Kernels,
  side: LabelSide,
  c: number,
  { axes, width }: { readonly axes: number; readonly width: number },
  visit: (i: number) => void,
): void {
  const whole = side.box(c),
    parts = isDense(whole.pixels, side.size(c)) ? [{ box: whole }] : side.pixels(axes).parts(c);
  for (const { box } of parts) {
    const around = box.grown(1, side.volume),
      near = new Uint8Array(around.pixels);
    markNear(kernels, side.mask(c, around), around.size.slice(3 - axes), width, near);
    eachRow(side.volume, around, (from, to, at) => {
      for (let i = from; i < to; i++) if (near[at + i - from] === 1) visit(i);
    });
  }
}

/** Marks the pixels within `width` of one of another class, or of none; pixels of none are taken as one class more. */
export function markLabelBand(
  kernels: Kernels,
  side: LabelSide,
  spatial: readonly number[],
  width: number,
  band: Uint8Array,
): void {
  for (let c = 0; c < side.classes; c++) {
    if (side.box(c).empty) continue;
    visitNear(kernels, side, c, { axes: spatial.length, width }, (i) => {
      band[i] = 1;
    });
  }
  const voids = mapInto(new Uint8Array(side.numbers.length), side.numbers, (number) =>
    side.classOf[number] < 0 ? 1 : 0,
  );
  if (voids.includes(1)) markNear(kernels, voids, spatial, width, band);
}
