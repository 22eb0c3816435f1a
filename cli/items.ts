import { type Both, bothOf } from "../src/files/both";
import { type Contents, findingOf, maskNote, Survey, toLabels, toScores } from "../src/files/contents";
import { spacingOf } from "../src/files/pairs";
import { product, show } from "../src/files/readers/volume";
import { type Activation, ignoredOf, type Settings } from "../src/files/settings";
import { isFloating, valuesOf } from "../src/files/values";
import { readBoth } from "./both";
import { type Image, readPicture, readVolume } from "./readers/registry";

/** One prediction with its truth, ready for the losses. */
export interface Item {
  readonly name: string;
  readonly pred: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly target: { readonly data: Int32Array; readonly shape: readonly number[] };
  readonly spatial: readonly number[];
  readonly spacing?: readonly number[];
  readonly image?: Image;
  /** A weight of each pixel. */
  readonly pixelWeights?: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly activation: Activation;
  /** What --activation says: it holds for presets, too, which have their own where it is left out. */
  readonly said?: Activation | undefined;
  readonly ignoreIndex?: number;
  readonly notes: readonly string[];
}

/** What turns a file's numbers into probabilities; an error where they may be probabilities already. */
function activationOf({ volume, classes, paths }: Both, { activation }: Settings): Activation {
  if (activation) return activation;
  if (volume.top !== undefined || volume.probabilities) return "none";
  const { least, most } = valuesOf(volume.data);
  if (classes === 1 && !isFloating(volume))
    throw new Error(
      `${paths.pred}: holds whole numbers in one channel, but a loss takes scores; ` +
        "give --activation sigmoid if they are logits, none if probabilities",
    );
  if (least >= 0 && most <= 1 && least <= most)
    throw new Error(
      `${paths.pred}: holds numbers within [0, 1]: probabilities or logits? Give --activation none for ` +
        `probabilities, --activation ${classes === 1 ? "sigmoid" : "softmax or sigmoid"} for logits`,
    );
  if (classes === 1 && least >= 0)
    throw new Error(
      `${paths.pred}: holds numbers from ${least} to ${most} in one channel, none below 0: labels that were ` +
        "interpolated, or logits? Give --activation sigmoid for logits",
    );
  return classes === 1 ? "sigmoid" : "softmax";
}

/** What the targets of the pairs hold: the files of a folder alike. */
export async function surveyTargets(
  pairs: readonly (readonly [string, string])[],
  settings: Settings,
): Promise<Contents> {
  // Losses take scores: what a prediction holds is not asked.
  const survey = new Survey({ ...settings, activation: settings.activation ?? "none" });
  for (const [pred, target] of pairs) {
    try {
      survey.add(findingOf(await readBoth(pred, target, settings), survey.settings));
    } catch {
      // told when the file's turn comes
    }
  }
  return survey.decide();
}

/** Reads a prediction and its target; one item for each sample of theirs. */
export async function readItems(
  name: string,
  predPath: string,
  targetPath: string,
  settings: Settings = { ignore: [] },
  known?: Contents,
): Promise<Item[]> {
  const contents = known ?? (await surveyTargets([[predPath, targetPath]], settings)),
    both = await readBoth(predPath, targetPath, settings),
    { classes, spatial, samples, multiHot, truth, paths } = both,
    notes = [...both.notes],
    [ignoreIndex, ...more] = ignoredOf(settings);
  if (multiHot)
    throw new Error(
      `${paths.target}: has a mask for each channel, shape ${show(truth.shape)}; compare takes label maps`,
    );
  const activation = activationOf(both, settings),
    pred = toScores(both, notes),
    labels = toLabels(truth.data, contents.target, paths.target),
    size = product(spatial);
  notes.push(...maskNote(paths.target, contents.target));
  if (more.length > 0) for (const [i, label] of labels.entries()) if (more.includes(label)) labels[i] = ignoreIndex;
  return Array.from({ length: samples }, (_, n) => ({
    name: samples > 1 ? `${name}[${n}]` : name,
    pred: { data: pred.subarray(n * classes * size, (n + 1) * classes * size), shape: [1, classes, ...spatial] },
    target: { data: labels.subarray(n * size, (n + 1) * size), shape: [1, ...spatial] },
    spatial,
    spacing: spacingOf(both, settings),
    activation,
    said: settings.activation,
    ignoreIndex,
    notes: n === 0 ? notes : [],
  }));
}

export const withImage = async (item: Item, path: string): Promise<Item> => ({
  ...item,
  image: await readPicture(path, item.spatial),
});

/** Items of one file with the weights of their pixels, [...spatial] of each sample, laid over the target. */
export async function withWeights(
  items: readonly Item[],
  path: string,
  targetPath: string,
  { axes, ignoreGeometry, reading, spacing }: Settings,
): Promise<Item[]> {
  const truth = await readVolume(targetPath, reading),
    volume = await readVolume(path, reading),
    paths = { pred: path, target: targetPath },
    // What labels and scores mean does not hold for weights.
    both = bothOf(volume, truth, paths, { ignore: [], scores: true, axes, ignoreGeometry, reading, spacing }),
    { classes, samples, spatial } = both;
  if (classes !== 1 || samples !== items.length)
    throw new Error(
      `${path}: shape ${show(volume.shape)}, but weights are one number per pixel, ` +
        show(items.length > 1 ? [items.length, ...spatial] : spatial),
    );
  const notes: string[] = [],
    data = toScores(both, notes),
    size = product(spatial),
    wrong = data.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (wrong >= 0)
    throw new Error(`${path}: has ${data[wrong]} at index ${wrong}; weights are finite numbers of at least 0`);
  if (both.volume.top !== undefined)
    notes.push(`${path}: grey levels up to ${both.volume.top} read as weights from 0 to 1`);
  return items.map((item, n) => ({
    ...item,
    pixelWeights: { data: data.subarray(n * size, (n + 1) * size), shape: [1, ...spatial] },
    notes: n === 0 ? [...item.notes, ...both.notes.filter((note) => !item.notes.includes(note)), ...notes] : item.notes,
  }));
}
