import { bothOf } from "./both.js";
import { findingOf, Survey } from "./contents.js";
import { type FileInput, inFiles, volumeOf } from "./given.js";
import { type ReadPairOptions, settingsOf } from "./options.js";
import { batchOf, type Pair } from "./pairs.js";

/** A prediction and its target from two files, ready for metrics: `seg.metrics.dice(pred, target, options)`. */
export interface FilePair {
  /** Scores [N, C, ...spatial] as float32, or places of labels [N, ...spatial] in `labels`. */
  readonly pred: { readonly data: Float32Array | Int32Array; readonly shape: readonly number[] };
  /** Places of labels [N, ...spatial] in `labels`; a mask for each channel [N, C, ...spatial] where those overlap. */
  readonly target: { readonly data: Int32Array | Float32Array; readonly shape: readonly number[] };
  /** What the prediction holds. */
  readonly kind: "labels" | "scores";
  /** Options of metrics: `numClasses` of labels or `activation` of scores, `ignoreIndex`, `spatialDims`. */
  readonly options: {
    readonly activation?: "softmax" | "sigmoid" | "none";
    readonly numClasses?: number;
    readonly ignoreIndex?: number;
    readonly spatialDims: number;
  };
  /** The label, as the files have it, of each class. */
  readonly labels: readonly number[];
  /** Size of a pixel along each axis of `spatial`, as the files have it (NIfTI: millimetres), for distance metrics. */
  readonly spacing?: readonly number[];
  /** What was understood or done on the way: turned axes, a mask of 255, channels last. */
  readonly notes: readonly string[];
}

/** Places of labels as int32, however they were kept. */
const inInt32 = ({ data, shape }: Pair["pred"] | Pair["target"]) => ({
  data: data instanceof Uint8Array ? new Int32Array(data) : data,
  shape,
});

/**
 * Reads a prediction and its target and lays one over the other, as `segloss score` does: axes that run another way are
 * turned; orientations, spacings, origins or sizes that do not agree otherwise are refused, and so are numbers that may
 * mean two things.
 *
 * @param pred Labels [...spatial] or scores [C, ...spatial]: a File, `{ name, bytes }`, or [header, data].
 * @param target Labels [...spatial], or a mask for each channel.
 * @throws {SegLossError} `INVALID_FILE` for a file that cannot be read, is not clear, or does not fit the other;
 *   `INVALID_OPTION` for an option that is unknown or out of range.
 */
export async function readPair(pred: FileInput, target: FileInput, options?: ReadPairOptions): Promise<FilePair> {
  const call = "readPair",
    settings = settingsOf(call, options),
    truth = await volumeOf(call, "target", target, settings.reading ?? {}),
    own = await volumeOf(call, "pred", pred, settings.reading ?? {});
  return inFiles(call, () => {
    const both = bothOf(own.volume, truth.volume, { pred: own.title, target: truth.title }, settings),
      survey = new Survey(settings);
    survey.add(findingOf(both, settings));
    const { batch, notes } = batchOf(both, survey.decide(), settings),
      unsized = batch.spacing === undefined && both.spacingFault;
    return {
      ...{ pred: inInt32(batch.pred), target: inInt32(batch.target), labels: batch.ids, spacing: batch.spacing },
      kind: batch.options.activation === undefined ? "labels" : "scores",
      options: batch.options as FilePair["options"],
      notes: unsized ? [...notes, `${truth.title}: ${unsized}, so that spacing is not known`] : notes,
    };
  });
}
