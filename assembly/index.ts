// First, where addresses are small: each access to a field of theirs says it (640 bytes of the module).

export { row } from "./overlap/row";
export { frame } from "./tile/frame";

// Steps, losses and functions.

export {
  addSlope,
  noneBackward,
  noneForward,
  secondForward,
  sigmoidBackward,
  sigmoidForward,
  slopesByPred,
} from "./activation/channels";
export { decode } from "./activation/coding";
export { softmaxBackward, softmaxForward } from "./activation/softmax";
export * from "./edges/exactErrors";
export * from "./edges/tiles";
export * from "./losses/activeBoundary";
export * from "./losses/boundary";
export * from "./losses/boundaryAware";
export * from "./losses/boundaryDifferenceOverUnion";
export * from "./losses/centerlineDice";
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
export * from "./losses/marginCalibration";
export * from "./losses/matthewsCorrelation";
export * from "./losses/nacl";
export * from "./losses/poly";
export * from "./losses/regionMutualInformation";
export * from "./losses/robustT";
export * from "./losses/sensitivitySpecificity";
export * from "./losses/skeletonRecall";
export * from "./losses/topological";
export * from "./losses/tversky";
export * from "./losses/unifiedFocal";
export { setBall } from "./math/ball";
export { blockMeans, spreadBlocks } from "./math/blocks";
export { boundaryMask } from "./math/boundary";
export { boxBytes, boxSums } from "./math/box";
export * from "./math/bytes";
export { backProducts, products } from "./math/dense";
export { addDistances, distanceBytes, invertMask, maskKinds, squaredDistance } from "./math/distance";
export * from "./math/distanceMaps";
export { edgeScratch, setBand, setEdges } from "./math/edgeRows";
export * from "./math/edgeSlopes";
export * from "./math/edges";
export { setGrid } from "./math/extremes";
export * from "./math/interior";
export { setPadded } from "./math/padded";
export * from "./math/pooling";
export * from "./math/poolingSlopes";
export { windowSlopes } from "./math/windowSlopes";
export { windowMoments } from "./math/windows";
export { countAnchors, markNeeded, setWindows } from "./neighbourhood/anchors";
export * from "./neighbourhood/distributions";
export * from "./neighbourhood/divergence";
export { readFeatures, writeFeatures } from "./neighbourhood/features";
export { listRow, setImage } from "./neighbourhood/image";
export { labelBoundaries, markBoundaries, markPixels } from "./neighbourhood/marks";
export {
  divergence,
  noneRecords,
  noneSlopes,
  sigmoidRecords,
  sigmoidSlopes,
  softmaxRecords,
  softmaxSlopes,
} from "./neighbourhood/records";
export { keepGradient } from "./pixelwise/kept";
export { rowsBytes } from "./pixelwise/units";
export * from "./planes/classes";
export { pushErrors, pushHinges } from "./planes/errors";
export * from "./planes/planes";
export * from "./planes/selection";
export {
  checkAllWeights,
  checkWeights,
  countImprobable,
  labelRows,
  sumTarget,
  sumWeightedTarget,
  sumWeights,
  weighPlane,
} from "./tile/checks";
export { argmax } from "./tile/largest";
export { heap } from "./tile/layout";
export * from "./tile/staging";
export { Step } from "./tile/steps";
