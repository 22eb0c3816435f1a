import { atLeast0, flag, number, one, preset, weight } from "./declaration.js";

const pixels = { weight, ignore_index: number(-100), label_smoothing: number(0) };
interface Pixels {
  readonly weight: readonly number[] | null;
  readonly ignore_index: number;
  readonly label_smoothing: number;
}
const pixelOptions = (a: Pixels) => ({
  classWeights: a.weight,
  ignoreIndex: a.ignore_index,
  labelSmoothing: a.label_smoothing,
});

export const nnunet = [
  preset({
    name: "nnunet.RobustCrossEntropyLoss",
    arguments: pixels,
    recipe: (a) => one("crossEntropy", pixelOptions(a)),
  }),
  preset({
    name: "nnunet.TopKLoss",
    arguments: { ...pixels, k: number(10) },
    note: "nnU-Net counts ignored pixels, with loss 0, among those it keeps k per cent of",
    recipe: (a) => one("topK", { ...pixelOptions(a), k: a.k / 100 }),
  }),
  preset({
    name: "nnunet.SoftDiceLoss",
    arguments: { batch_dice: flag(false), do_bg: flag(true), smooth: number(1) },
    note: "softmax; the value is minus the Dice coefficient",
    recipe: (a) =>
      one(
        "dice",
        { batch: a.batch_dice, includeBackground: a.do_bg, smooth: a.smooth, overlap: "product" },
        { offset: -1 },
      ),
  }),
  preset({
    name: "nnunet.DC_and_topk_loss",
    arguments: {
      batch_dice: flag(false),
      do_bg: flag(false),
      smooth: number(1e-5),
      k: number(10),
      weight_ce: atLeast0(1),
      weight_dice: atLeast0(1),
      ignore_label: number(null),
    },
    note: "nnU-Net counts ignored pixels, with loss 0, among those it keeps k per cent of",
    recipe: (a) =>
      one(
        "diceTopK",
        {
          batch: a.batch_dice,
          includeBackground: a.do_bg,
          smooth: a.smooth,
          overlap: "product",
          k: a.k / 100,
          diceWeight: a.weight_dice,
          crossEntropyWeight: a.weight_ce,
          ignoreIndex: a.ignore_label,
        },
        { offset: -a.weight_dice },
      ),
  }),
  preset({
    name: "nnunet.DC_and_CE_loss",
    arguments: {
      batch_dice: flag(false),
      do_bg: flag(false),
      smooth: number(1e-5),
      weight_ce: number(1),
      weight_dice: number(1),
      ignore_label: number(null),
    },
    recipe(a) {
      const ignore = { ignoreIndex: a.ignore_label };
      return {
        terms: [
          {
            loss: "dice",
            options: {
              batch: a.batch_dice,
              includeBackground: a.do_bg,
              smooth: a.smooth,
              overlap: "product",
              ...ignore,
            },
            weight: a.weight_dice,
          },
          { loss: "crossEntropy", options: ignore, weight: a.weight_ce },
        ],
        offset: -a.weight_dice,
      };
    },
  }),
] as const;
