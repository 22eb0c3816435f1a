import type { Volume } from "./volume.js";

/** Millimetres in a unit by the names that writers use. */
export const millimetres: Readonly<Record<string, number | undefined>> = {
  nm: 1e-6,
  µm: 1e-3,
  μm: 1e-3,
  um: 1e-3,
  micron: 1e-3,
  microns: 1e-3,
  mm: 1,
  cm: 10,
  m: 1e3,
};

/**
 * Geometry of formats that say an axis' direction and size in one vector: `vectors` hold the step from voxel to voxel
 * along x, y and z, `origin` the middle of the first voxel, both in millimetres to the left, back and up (LPS, as ITK
 * and DICOM have it) or as `signs` say to bring them to NIfTI's right, front and up.
 */
export function placed(
  vectors: readonly (readonly number[])[],
  origin: readonly number[],
  signs: readonly number[] = [-1, -1, 1],
): Pick<Volume, "place" | "spacing"> {
  const lengths = vectors.map((vector) => Math.hypot(...vector));
  if (vectors.length !== 3 || ![...lengths, ...origin].every(Number.isFinite) || lengths.some((n) => n === 0))
    return {};
  return {
    place: {
      affine: [0, 1, 2].map((row) => [...vectors.map((vector) => signs[row] * vector[row]), signs[row] * origin[row]]),
    },
    spacing: [...lengths].reverse(),
  };
}
