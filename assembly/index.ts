export { addSlope, argmax, decode, noneBackward, noneForward, sigmoidBackward, sigmoidForward } from "./activation";
export { countAnchors, markNeeded, setWindows } from "./anchors";
export * from "./distributions";
export * from "./divergence";
export * from "./edgeTiles";
export * from "./exactErrors";
export { readFeatures, writeFeatures } from "./features";
export { frame } from "./frame";
export * from "./layout";
export * from "./losses/activeBoundary";
export * from "./losses/boundary";
export * from "./losses/boundaryAware";
export * from "./losses/boundaryDifferenceOverUnion";
export * from "./losses/conditionalBoundary";
export * from "./losses/crossEntropy";
export * from "./losses/dice";
export * from "./losses/exponentialLogarithmic";
export * from "./losses/focal";
export * from "./losses/focalTversky";
export * from "./losses/generalizedWassersteinDice";
export * from "./losses/hausdorffConvolution";
export * from "./losses/hausdorffDistance";
export * from "./losses/hausdorffErosion";
export * from "./losses/inverseForm";
export * from "./losses/iou";
export * from "./losses/lovaszSoftmax";
export * from "./losses/regionMutualInformation";
export * from "./losses/robustT";
export * from "./losses/sensitivitySpecificity";
export * from "./losses/tversky";
export * from "./losses/unifiedFocal";
export { markBoundaries, markPixels } from "./marks";
export { setBall } from "./math/ball";
export { blockMeans, spreadBlocks } from "./math/blocks";
export { boundaryMask } from "./math/boundary";
export * from "./math/bytes";
export { backProducts, products } from "./math/dense";
export { addDistances, distanceBytes, invertMask, maskKinds, squaredDistance } from "./math/distance";
export * from "./math/edges";
export { setPadded } from "./math/padded";
export * from "./math/pooling";
export { windowSlopes } from "./math/windowSlopes";
export { windowMoments } from "./math/windows";
export { listRow, setImage } from "./neighbourhood";
export { row } from "./overlap";
export * from "./planes";
export * from "./ranking";
export {
  divergence,
  noneRecords,
  noneSlopes,
  sigmoidRecords,
  sigmoidSlopes,
  softmaxRecords,
  softmaxSlopes,
} from "./records";
export { softmaxBackward, softmaxForward } from "./softmax";
export * from "./staging";
export { Step } from "./steps";
