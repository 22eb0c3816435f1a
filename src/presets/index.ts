import { authors } from "./authors.js";
import type { ArgumentsOf } from "./declaration.js";
import { kornia } from "./kornia.js";
import { monai } from "./monai.js";
import { nnunet } from "./nnunet.js";
import { smp } from "./smp.js";
import { torch } from "./torch.js";
import { wrappers } from "./wrappers.js";

/** Losses of other libraries that segloss reproduces. */
export const presets = [...torch, ...monai, ...nnunet, ...smp, ...kornia, ...authors, ...wrappers] as const;

type Entry = (typeof presets)[number];
export type PresetName = Entry["name"];
/** The arguments of each preset, under the library's own names. */
export type PresetArguments = { [E in Entry as E["name"]]: ArgumentsOf<E> };

/** What is not reproduced, and why. */
export const unreproducible = [
  ["kornia.lovasz_softmax_loss", "ranks label values instead of the one-hot target; wrong for more than two classes"],
  [
    "monai.GeneralizedWassersteinDiceLoss with a batch",
    "its true-positive sums broadcast [B, 1, N] against [B, N] and mix the samples; call it sample by sample",
  ],
  ["PatRyg99 HausdorffERLoss in 3-D", "its kernel falls on the channel axis"],
  ["SegLossOdyssey DistBinaryDiceLoss / DC map", "the loss forgets to apply its distance map"],
  [
    "SegLossOdyssey ExpLog_loss",
    "leaves the cross entropy without its exponent and averages Dice before the logarithm, unlike the paper",
  ],
  ["DeepMind surface-distance", "weighs subvoxel surface elements instead of boundary pixels (metrics)"],
  [
    "HuXiaoling TopoLoss",
    "dimension 0 alone without the last component, on patches of 65 to 200 pixels, and an unwanted pair costs " +
      "2 (b - d)^2 with one end held fixed; topological has the paper's distance to the diagonal",
  ],
  [
    "topology-aware focal loss (Demir et al., 2023)",
    "its weight of the topological term and its Sinkhorn rounds are not published; sum focal and topological, whose " +
      "matching is exact",
  ],
  ["Borse et al. InverseForm", "its network of 100 million parameters is not ours; the kind of loss is the same"],
  [
    "pixel-wise triplet loss (Wen et al., 2022)",
    "no public source says which pixels are anchors, positives and negatives, nor the distance and the margin",
  ],
] as const;
