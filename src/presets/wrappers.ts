import { SegLossError } from "../errors.js";
import { presetOf, readArguments } from "./arguments.js";
import { authors } from "./authors.js";
import { choice, type Preset, type PresetShape, preset, type Recipe } from "./declaration.js";
import { kornia } from "./kornia.js";
import { monai } from "./monai.js";
import { nnunet } from "./nnunet.js";
import { smp } from "./smp.js";
import { torch } from "./torch.js";

// Losses of other libraries that evaluate another one, which is named with its arguments.

const all = [...torch, ...monai, ...nnunet, ...smp, ...kornia, ...authors] as readonly unknown[] as readonly Preset[];

const form = 'a preset by name with its arguments, no loss: { name: "monai.DiceLoss", softmax: true }';
const inner = {
  type: "options",
  default: null,
  form,
  meaning: form,
} as const;
const weights = { type: "numbers", each: "any", min: 0, default: null, meaning: "as in the library" } as const;

type Named = Readonly<Record<string, unknown>> | null;
type Term = Recipe["terms"][number];

/** What the preset that an argument names becomes, of predictions of any size. */
function innerRecipe(what: string, given: Named, shape: PresetShape): Recipe {
  const { name, ...own } = given ?? {};
  if (name === undefined) throw new SegLossError("INVALID_OPTION", `${what} must be ${form}`);
  const found = presetOf(all, name, `${what}: there is no preset`),
    made = found.recipe(readArguments(found, own) as never);
  if (typeof made !== "function") return made;
  const recipe = made(shape);
  if (JSON.stringify(recipe) !== JSON.stringify(made({ ...shape, pixels: 2 * shape.pixels })))
    throw new SegLossError(
      "UNSUPPORTED",
      `${what}: ${name} with these arguments divides by the number of pixels, which differs there`,
    );
  return recipe;
}

/** A term's options as those of the loss that wraps it: what both have stands beside lossOptions. */
function wrap({ loss, options }: Term, shared: readonly string[]) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined),
    [outer, lossOptions] = [true, false].map((both) =>
      Object.fromEntries(given.filter(([key]) => shared.includes(key) === both)),
    );
  return { ...outer, loss, lossOptions };
}

const conventions = ["activation", "ignoreIndex", "layout", "spatialDims"];

/** The losses of all scales. */
function supervised(what: string, loss: Named, shape: PresetShape, scales: readonly number[]): Recipe {
  const { terms, offset = 0, hard, single } = innerRecipe(what, loss, shape);
  return {
    terms: terms.map((term) => ({
      loss: "deepSupervision",
      options: { ...wrap(term, [...conventions, "reduction"]), weights: scales },
      weight: term.weight,
    })),
    offset: offset * scales.reduce((sum, weight) => sum + weight, 0),
    hard,
    single,
  };
}

/** One number per scale. */
const eachScale = ({ scales }: PresetShape, weight: (i: number) => number) =>
  Array.from({ length: scales }, (_, i) => weight(i));

export const wrappers = [
  preset({
    name: "monai.DeepSupervisionLoss",
    arguments: { loss: inner, weight_mode: choice(["same", "exp", "two"], "exp"), weights },
    note: "the further predictions are the extra inputs pred1, pred2, …; fewer weights than scales act as none there",
    recipe: (a) => (shape) => {
      const mode = {
        same: () => 1,
        exp: (i: number) => Math.max(2 ** -i, 1 / 16),
        two: (i: number) => (i === 0 ? 1 : 0.5),
      }[a.weight_mode];
      const enough = a.weights && a.weights.length >= shape.scales ? a.weights.slice(0, shape.scales) : null;
      return supervised("monai.DeepSupervisionLoss: loss", a.loss, shape, enough ?? eachScale(shape, mode));
    },
  }),
  preset({
    name: "nnunet.DeepSupervisionWrapper",
    arguments: { loss: inner, weight_factors: weights },
    note:
      "the further predictions are the extra inputs pred1, pred2, …; targets are resampled here; without factors " +
      "all count 1, and its trainer gives 2^-i, 0 for the last, over their sum",
    recipe: (a) => (shape) => {
      const name = "nnunet.DeepSupervisionWrapper",
        factors = a.weight_factors ?? eachScale(shape, () => 1);
      if (factors.length !== shape.scales)
        throw new SegLossError(
          "INVALID_OPTION",
          `${name}: weight_factors must hold ${shape.scales} numbers, one per prediction (pred, pred1, …), got ` +
            `${factors.length}`,
        );
      return supervised(`${name}: loss`, a.loss, shape, factors);
    },
  }),
  preset({
    name: "kofler.compute_blob_loss_multi",
    arguments: { criterion: inner },
    note:
      "one channel; takes probabilities; multi_label is the extra input components, or found where objects do not " +
      "touch, and the target 0 and 1",
    recipe: (a) => (shape) => {
      const what = "kofler.compute_blob_loss_multi: criterion",
        { terms, offset } = innerRecipe(what, a.criterion, { ...shape, batch: 1 });
      if (shape.classes !== 1)
        throw new SegLossError("UNSUPPORTED", `${what}: pred must have one channel, got ${shape.classes}`);
      // Their mask makes zeros of the pixels that are left out: those count for nothing only in sums of p and t.
      const other = terms.find(
        ({ loss, options }) => !["dice", "iou", "tversky"].includes(loss) || options.activation !== "none",
      );
      if (other)
        throw new SegLossError(
          "UNSUPPORTED",
          `${what}: only Dice, Jaccard and Tversky losses of probabilities are reproduced (apply sigmoid yourself), ` +
            `got ${other.loss} with activation ` +
            `${JSON.stringify(other.options.activation)}; componentWise takes others`,
        );
      return {
        terms: terms.map((term) => ({
          loss: "componentWise",
          options: wrap(term, conventions),
          weight: term.weight,
        })),
        offset,
      };
    },
  }),
] as const;
