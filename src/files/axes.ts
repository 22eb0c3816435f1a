import { permute } from "./readers/strides.js";
import { show, type Volume } from "./readers/volume.js";
import { isZeroOne } from "./values.js";

/** What the axes of a prediction and of its target are, a letter each, and what follows from it. */
export interface AxesReading {
  readonly pred: string;
  readonly target: string;
  readonly samples: number;
  /** Channels of the prediction; nothing if it has no such axis. */
  readonly channels?: number;
  /** Channels of a target that has a mask for each. */
  readonly targetChannels?: number;
  /** The letters of the axes of space that count, and their sizes. */
  readonly letters: string;
  readonly spatial: readonly number[];
}

const space = "DHW";
const isSpace = (letter: string) => space.includes(letter);

/** --axes: each letter once, of N samples, C channels, and D, H, W of space (z, y, x of NIfTI). */
export function readAxes(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const axes = text.toUpperCase();
  if (!/^[NCDHW]+$/.test(axes) || new Set(axes).size !== axes.length || !axes.includes("W"))
    throw new Error(
      `--axes must name each axis once with N, C, D, H and W, such as NHW, DHW, CHW or NHWC; got ${text}`,
    );
  return axes;
}

/** What an array without names may be, by its rank. */
const usual: Record<number, readonly string[]> = {
  1: ["W"],
  2: ["HW", "CW", "WC"],
  3: ["DHW", "NHW", "CHW", "HWC"],
  4: ["NCHW", "NHWC", "CDHW", "DHWC", "NDHW"],
  5: ["NCDHW", "NDHWC"],
};

/** The axes as said, or else what is left of them in an array that has no samples or channels. */
function said(axes: string, rank: number): string[] {
  if (axes.length === rank) return [axes];
  const without = (letters: string) => [...axes].filter((letter) => !letters.includes(letter)).join(""),
    all = [axes, without("C"), without("N"), without("NC"), `N${axes}`, `N${without("C")}`];
  return [...new Set(all)].filter((each) => each.length === rank && new Set(each).size === rank);
}

/** Arrays beside a volume whose axes are x, y, z may be stored either way. */
const withReversed = (readings: readonly string[]) =>
  readings.flatMap((axes) => {
    const own = [...axes].filter(isSpace),
      reversed = [...own].reverse();
    const other = [...axes].map((letter) => (isSpace(letter) ? reversed[own.indexOf(letter)] : letter)).join("");
    return other === axes ? [axes] : [axes, other];
  });

export function candidates({ shape, axes }: Volume, other: Volume, given: string | undefined): readonly string[] {
  if (given !== undefined) {
    const found = said(given, shape.length);
    // A picture's or a volume's own axes are known; --axes tells samples and channels apart.
    return axes ? axes.filter((each) => axes.length === 1 || found.includes(each)) : found;
  }
  const readings = axes ?? usual[shape.length] ?? [];
  return !axes && other.axes?.[0].endsWith("DHW") ? withReversed(readings) : readings;
}

export function sizesOf(letters: string, shape: readonly number[]): Record<string, number | undefined> {
  return Object.fromEntries([...letters].map((letter, i) => [letter, shape[i]]));
}

/** D, H and W that there are, without those of one voxel while more than two are left: a slice is an image. */
export function spaceOf(sizes: Record<string, number | undefined>): string {
  let left = [...space].filter((letter) => sizes[letter] !== undefined);
  while (left.length > 2 && left.some((letter) => sizes[letter] === 1))
    left = left.filter((_, i) => i !== left.findIndex((letter) => sizes[letter] === 1));
  return left.join("");
}

function fit(pred: string, target: string, volume: Volume, truth: Volume): AxesReading | undefined {
  const [own, theirs] = [sizesOf(pred, volume.shape), sizesOf(target, truth.shape)],
    [letters, others] = [spaceOf(own), spaceOf(theirs)],
    samples = own.N ?? 1,
    spatial = [...letters].map((letter) => own[letter] as number),
    targetChannels = theirs.C !== undefined && theirs.C > 1 ? theirs.C : undefined;
  if (samples !== (theirs.N ?? 1) || show(spatial) !== show([...others].map((letter) => theirs[letter] as number)))
    return undefined;
  if (targetChannels !== undefined && (targetChannels !== own.C || letters.length < 2 || !isZeroOne(truth)))
    return undefined;
  return { pred, target, samples, channels: own.C, targetChannels, letters, spatial };
}

/** Two readings that differ in name only, such as [1, H, W] as one sample and as one channel, have one key. */
export function keyOf(
  { pred, target, letters, samples, channels = 1, targetChannels = 1 }: AxesReading,
  volume: Volume,
  truth: Volume,
) {
  const order = (axes: string, shape: readonly number[]) =>
    [...axes]
      .filter((letter, i) => shape[i] !== 1 || letters.includes(letter))
      .map((letter) => (isSpace(letter) ? letters.indexOf(letter) : letter))
      .filter((letter) => letter !== "N" || samples > 1)
      .join("");
  return [order(pred, volume.shape), order(target, truth.shape), samples, channels, targetChannels].join();
}

export const meaning = ({ pred, samples, channels = 1, targetChannels, letters }: AxesReading) => {
  const what = letters.length === 3 ? "volume" : "image",
    count = samples === 1 ? `one ${what}` : `${samples} ${what}s`;
  return (
    `${pred} (${count}${channels > 1 ? ` of ${channels} channels` : ""}` +
    `${targetChannels ? ", a mask for each" : ""})`
  );
};

/** Sizes along D, H and W of the axes that count. */
export const along = (spacing: readonly number[], letters: string): number[] =>
  [...letters].map((letter) => spacing[space.indexOf(letter)]);

/** A prediction [N, C, ...spatial] and its target [N, ...spatial] or [N, C, ...spatial], as arrays lie. */
export interface Aligned {
  readonly volume: Volume;
  readonly truth: Volume;
  readonly samples: number;
  readonly classes: number;
  readonly multiHot: boolean;
  readonly spatial: readonly number[];
  readonly spacing?: readonly number[];
  readonly spacingFault?: string;
  readonly notes: readonly string[];
}

export const arranged = (volume: Volume, axes: string): Volume["data"] => {
  const wanted = [..."NCDHW"].filter((letter) => axes.includes(letter));
  return permute(
    volume.data,
    volume.shape,
    wanted.map((letter) => axes.indexOf(letter)),
  );
};

/** Where both formats say what their axes are, --axes that says otherwise would be passed over. */
function refuseContradiction(
  volume: Volume,
  truth: Volume,
  paths: { readonly pred: string; readonly target: string },
  given: string | undefined,
): void {
  const contradicted = ({ axes, shape }: Volume) =>
    given !== undefined && axes?.length === 1 && !said(given, shape.length).includes(axes[0]);
  if (contradicted(volume) && contradicted(truth))
    throw new Error(
      `${paths.pred}: --axes ${given} is not what its format and that of ${paths.target} say (${volume.axes?.[0]}); ` +
        "leave it out, or save arrays in which they mean that",
    );
}

/** Finds what the axes of two files are; an error where their sizes leave no reading, or more than one. */
export function align(
  volume: Volume,
  truth: Volume,
  paths: { readonly pred: string; readonly target: string },
  given: string | undefined,
): Aligned {
  refuseContradiction(volume, truth, paths, given);
  const found = new Map<string, AxesReading>();
  // A prediction whose third axis of space is more than its target has may keep its channels there.
  const own = candidates(volume, truth, given),
    more = volume.axes?.[0] === "DHW" && given === undefined ? ["CHW"] : [];
  for (const pred of [...own, ...more])
    for (const target of candidates(truth, volume, given)) {
      const reading = fit(pred, target, volume, truth);
      if (!reading) continue;
      const key = keyOf(reading, volume, truth);
      if (!found.has(key)) found.set(key, reading);
    }
  const readings = [...found.values()],
    shapes = `shape ${show(volume.shape)}`;
  if (readings.length === 0) {
    const wanted = given ? `read as --axes ${given}` : "expected [C, ...spatial], [...spatial, C] or [...spatial]";
    throw new Error(`${paths.pred}: ${shapes} does not fit labels ${show(truth.shape)} of ${paths.target} (${wanted})`);
  }
  if (readings.length > 1)
    throw new Error(
      `${paths.pred}: ${shapes} with labels ${show(truth.shape)} of ${paths.target} may be ` +
        `${readings.map(meaning).join(" or ")}; say which with --axes, such as --axes ${readings[0].pred}`,
    );
  const [{ pred, target, samples, channels = 1, targetChannels, letters, spatial }] = readings;
  const known = truth.spacing ?? volume.spacing,
    notes = [...(volume.notes ?? []), ...(truth.notes ?? [])];
  if (given === undefined && !volume.axes && pred.endsWith("C") && channels > 1)
    notes.push(`${paths.pred}: ${shapes} read with channels last`);
  return {
    volume: { ...volume, data: arranged(volume, pred) },
    truth: { ...truth, data: arranged(truth, target) },
    samples,
    classes: channels,
    multiHot: targetChannels !== undefined,
    spatial,
    spacing: known && along(known, letters),
    spacingFault: known ? undefined : (truth.spacingFault ?? volume.spacingFault),
    notes,
  };
}
