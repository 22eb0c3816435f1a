// Masks as other programs keep them: pictures, and the run-length encoding of COCO. Needs no kernels.
export {
  type Color,
  type ImageFromLabelsOptions,
  imageFromLabels,
  type Palette,
  type RgbaImage,
} from "./masks/imageFromLabels.js";
export type { LabelMap } from "./masks/labelMap.js";
export {
  type CanvasLike,
  type ImageLike,
  type LabelsFromImageOptions,
  labelsFromImage,
} from "./masks/labelsFromImage.js";
export { type LabelsFromRlesOptions, labelsFromRles, type RleAnnotation } from "./masks/labelsFromRles.js";
export { decodeRle, encodeRle, type Rle } from "./masks/rle.js";
