import { combo } from "./combo";
import { crossEntropy } from "./crossEntropy";
import type { OptionsOf } from "./declaration";
import { dice } from "./dice";
import { distanceMapCrossEntropy } from "./distanceMapCrossEntropy";
import { exponentialLogarithmic } from "./exponentialLogarithmic";
import { focal } from "./focal";
import { focalTversky } from "./focalTversky";
import { generalizedWassersteinDice } from "./generalizedWassersteinDice";
import { iou } from "./iou";
import { logCoshDice } from "./logCoshDice";
import { robustT } from "./robustT";
import { sensitivitySpecificity } from "./sensitivitySpecificity";
import { topK } from "./topK";
import { tversky } from "./tversky";
import { unifiedFocal } from "./unifiedFocal";

/** Every loss, in the order of the survey's levels. */
export const catalog = [
  crossEntropy,
  topK,
  focal,
  distanceMapCrossEntropy,
  dice,
  logCoshDice,
  generalizedWassersteinDice,
  iou,
  tversky,
  focalTversky,
  sensitivitySpecificity,
  robustT,
  combo,
  exponentialLogarithmic,
  unifiedFocal,
] as const;

type Entry = (typeof catalog)[number];
export type LossName = Entry["name"];
/** The options of each loss, by its name. */
export type LossOptions = { [E in Entry as E["name"]]: OptionsOf<E> };
