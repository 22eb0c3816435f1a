import { activeBoundary } from "./activeBoundary.js";
import { boundary } from "./boundary.js";
import { boundaryAware } from "./boundaryAware.js";
import { boundaryDifferenceOverUnion } from "./boundaryDifferenceOverUnion.js";
import { centerlineDice } from "./centerlineDice.js";
import { combo } from "./combo.js";
import { conditionalBoundary } from "./conditionalBoundary.js";
import { crossEntropy } from "./crossEntropy.js";
import { dice } from "./dice.js";
import { diceFocal } from "./diceFocal.js";
import { diceTopK } from "./diceTopK.js";
import { distanceMapCrossEntropy } from "./distanceMapCrossEntropy.js";
import { exponentialLogarithmic } from "./exponentialLogarithmic.js";
import { focal } from "./focal.js";
import { focalTversky } from "./focalTversky.js";
import { generalizedDice } from "./generalizedDice.js";
import { generalizedWassersteinDice } from "./generalizedWassersteinDice.js";
import { hausdorffDistance } from "./hausdorffDistance.js";
import { inverseForm } from "./inverseForm.js";
import { iou } from "./iou.js";
import { logCoshDice } from "./logCoshDice.js";
import { lovaszHinge } from "./lovaszHinge.js";
import { lovaszSoftmax } from "./lovaszSoftmax.js";
import { marginCalibration } from "./marginCalibration.js";
import { matthewsCorrelation } from "./matthewsCorrelation.js";
import { nacl } from "./nacl.js";
import { ohem } from "./ohem.js";
import { poly } from "./poly.js";
import { regionMutualInformation } from "./regionMutualInformation.js";
import { regionWise } from "./regionWise.js";
import { robustT } from "./robustT.js";
import { sensitivitySpecificity } from "./sensitivitySpecificity.js";
import { skeletonRecall } from "./skeletonRecall.js";
import { topK } from "./topK.js";
import { topological } from "./topological.js";
import { tversky } from "./tversky.js";
import { unifiedFocal } from "./unifiedFocal.js";

/** The losses that evaluate no other: at each of the survey's levels its own, then those it does not have. */
export const plain = [
  crossEntropy,
  topK,
  focal,
  distanceMapCrossEntropy,
  poly,
  marginCalibration,
  nacl,
  ohem,
  dice,
  logCoshDice,
  generalizedWassersteinDice,
  iou,
  lovaszSoftmax,
  tversky,
  focalTversky,
  sensitivitySpecificity,
  regionMutualInformation,
  robustT,
  generalizedDice,
  matthewsCorrelation,
  lovaszHinge,
  skeletonRecall,
  centerlineDice,
  topological,
  boundary,
  hausdorffDistance,
  boundaryAware,
  activeBoundary,
  inverseForm,
  conditionalBoundary,
  boundaryDifferenceOverUnion,
  regionWise,
  combo,
  exponentialLogarithmic,
  unifiedFocal,
  diceFocal,
  diceTopK,
] as const;
