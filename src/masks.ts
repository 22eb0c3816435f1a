// Masks as other programs keep them: pictures, and the run-length encoding of COCO. Needs no kernels.
export {
  type Color,
  type ImageFromLabelsOptions,
  imageFromLabels,
  type Palette,
  type PaletteName,
  type RgbaImage,
} from "./masks/imageFromLabels.js";
export type { LabelMap } from "./masks/labelMap.js";
export {
  type LabelsFromImageOptions,
  labelsFromImage,
} from "./masks/labelsFromImage.js";
export { type LabelsFromRlesOptions, labelsFromRles, type RleAnnotation } from "./masks/labelsFromRles.js";
export type { CanvasLike, ImageLike, PictureLike } from "./masks/pixels.js";
export { decodePolygons, type PolygonOptions, type Polygons } from "./masks/polygons.js";
export {
  type LabelNames,
  type LabelRegions,
  type RegionMasks,
  type RegionOptions,
  type RemapOptions,
  type RemappedLabels,
  remap,
} from "./masks/remap.js";
export { decodeRle, encodeRle, type Rle, type RleCounts } from "./masks/rle.js";
export type { LabelData } from "./tensors/labelData.js";
