import { type AxesReading, along, arranged, candidates, keyOf, meaning, sizesOf, spaceOf } from "./axes.js";
import { maskNote, Survey, toLabels, toScores } from "./contents.js";
import { code } from "./geometry.js";
import { type FileInput, inFiles, volumeOf } from "./given.js";
import { type ReadFileOptions, settingsOf } from "./options.js";
import { show, type Volume } from "./readers/volume.js";
import type { Settings } from "./settings.js";
import { valuesOf } from "./values.js";

/** What one file holds. */
export interface FileTensor {
  readonly kind: "labels" | "scores";
  /** Labels as int32, as the file has them; scores as float32. */
  readonly data: Int32Array | Float32Array;
  /** Of labels [N, ...spatial], of scores [N, C, ...spatial]; a volume of one plane is an image. */
  readonly shape: readonly number[];
  /** Size of a pixel along each spatial axis, as the file has it (NIfTI: millimetres). */
  readonly spacing?: readonly number[];
  /** The way its last three axes run, x first: "RAS" to the patient's right, front and up. */
  readonly orientation?: string;
  /** Voxel (x, y, z) to the file's space: three rows of four numbers. */
  readonly affine?: readonly (readonly number[])[];
  /** What was understood on the way, such as a mask of 0 and 255. */
  readonly notes: readonly string[];
}

function readings(volume: Volume, given: string | undefined, labels: boolean): AxesReading[] {
  const all = candidates(volume, volume, given).map((axes) => {
    const sizes = sizesOf(axes, volume.shape),
      letters = spaceOf(sizes);
    return {
      ...{ pred: axes, target: axes, samples: sizes.N ?? 1, channels: sizes.C ?? 1, letters },
      spatial: [...letters].map((letter) => sizes[letter] as number),
    };
  });
  // Two axes without a name are an image.
  const images = all.filter(({ spatial }) => spatial.length > 1),
    usual = given === undefined && images.length > 0 ? images : all,
    plain = labels ? usual.filter(({ channels }) => channels === 1) : usual,
    left = plain.length > 0 ? plain : usual;
  return [...new Map(left.map((each) => [keyOf(each, volume, volume), each] as const)).values()];
}

function readingOf(volume: Volume, title: string, given: string | undefined, labels: boolean): AxesReading {
  const found = readings(volume, given, labels),
    shape = `shape ${show(volume.shape)}`;
  if (found.length === 1) return found[0];
  if (found.length === 0)
    throw new Error(`${title}: ${shape} cannot be read ${given ? `as axes "${given}"` : "without the option axes"}`);
  throw new Error(
    `${title}: ${shape} may be ${found.map(meaning).join(" or ")}; ` +
      `say which with axes, such as axes: "${found[0].pred}"`,
  );
}

/** One number per pixel as labels: a mask, or as they are. */
function labelsOf(volume: Volume, title: string, settings: Settings, notes: string[]): Int32Array {
  const values = valuesOf(volume.data),
    survey = new Survey(settings);
  survey.add({ paths: { pred: "", target: title }, classes: 1, grey: false, target: values });
  const { target } = survey.decide();
  notes.push(...maskNote(title, target));
  if (volume.top === 255 && !volume.indexed && values.most > 1 && Object.keys(target).length === 0)
    notes.push(
      `${title}: grey levels up to ${values.most} read as labels; kind: "scores" takes them for probabilities`,
    );
  return toLabels(volume.data, target, title);
}

/**
 * Reads one file: PNG, TIFF, NPY, NPZ, NIfTI, NRRD, MetaImage or a DICOM segmentation.
 *
 * @param file A File, `{ name, bytes }`, or [header, data]; the name's ending tells the format.
 * @throws {SegLossError} `INVALID_FILE` for a file that cannot be read or is not clear, `INVALID_OPTION` for an option
 *   that is unknown or out of range.
 */
export async function readFile(file: FileInput, options?: ReadFileOptions): Promise<FileTensor> {
  const call = "readFile",
    settings = settingsOf(call, options),
    { volume, title } = await volumeOf(call, "file", file, settings.reading ?? {}),
    whole = volume.probabilities !== true && (settings.threshold !== undefined || !valuesOf(volume.data).broken),
    asked = options?.kind ?? (whole ? "labels" : "scores");
  return inFiles(call, () => {
    const reading = readingOf(volume, title, settings.axes, asked === "labels"),
      { samples, channels = 1, letters, spatial, pred } = reading,
      own = { ...volume, data: arranged(volume, pred) },
      kind = channels > 1 ? "scores" : asked,
      notes = [...(volume.notes ?? [])];
    if (channels > 1 && (options?.kind === "labels" || settings.threshold !== undefined))
      throw new Error(
        `${title}: holds ${channels} channels, shape ${show(volume.shape)}; labels are one number per pixel`,
      );
    const data =
      kind === "labels"
        ? labelsOf(own, title, settings, notes)
        : toScores({ volume: own, paths: { pred: title }, spatial }, notes);
    if (!volume.spacing && volume.spacingFault)
      notes.push(`${title}: ${volume.spacingFault}, so that spacing is not known`);
    return {
      ...{ kind, data, notes },
      shape: kind === "labels" ? [samples, ...spatial] : [samples, channels, ...spatial],
      ...(volume.spacing && { spacing: along(volume.spacing, letters) }),
      ...(volume.place && { affine: volume.place.affine }),
      ...(volume.place && !volume.place.map && { orientation: code(volume.place.affine) }),
    };
  });
}
