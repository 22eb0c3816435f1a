import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type FileOptions, given, readFolders, readPairing } from "./arguments";
import { type Files, listFiles, missingPredictions, nameOf, partner, targetOf } from "./files";
import { type Listed, readManifest } from "./manifest";
import { isDataset, splitEntry } from "./readers/registry";
import type { Case, Failure } from "./scoring";

export interface CaseOptions extends FileOptions {
  readonly manifest?: string;
  readonly group?: string;
  readonly against?: string[];
  readonly image?: string[];
}

/** A case, and what belongs to it beside prediction and target. */
export interface Chosen extends Case {
  readonly group?: string;
  /** Of its scores in means. */
  readonly weight: number;
  /** Another model's prediction. */
  readonly other?: string;
  readonly image?: string;
}

export interface Gathered {
  readonly cases: readonly Chosen[];
  /** Targets without a prediction. */
  readonly missing: readonly string[];
  /** Predictions without one of --against. */
  readonly alone: readonly string[];
  /** The COCO data set whose images lists of detections are of. */
  readonly dataset?: string;
}

type Fail = (failure: Failure) => void;

/** A group's name in the column that --group says. */
function groupOf({ values, where }: Listed, column: string): string {
  if (!Object.hasOwn(values, column))
    throw new Error(`--group ${column}: ${where} has no such column; it has ${Object.keys(values).join(", ")}`);
  return values[column] || "(none)";
}

function fromManifest(options: CaseOptions, path: string, fail: Fail): Gathered {
  for (const name of ["pred", "target", "against", "image", "pair", "recursive"] as const)
    if (options[name]) throw new Error(`give one of --manifest and --${name}: a manifest has columns for files`);
  const listed = readManifest(path),
    column = options.group ?? (listed.some(({ values }) => values.group) ? "group" : undefined);
  if (options.spacing && listed.some(({ spacing }) => spacing))
    throw new Error("give --spacing, or the manifest's column spacing, not both");
  const cases = listed.flatMap((each): Chosen[] => {
    const { item, pred, target, against: other, image, spacing, weight, where } = each,
      group = column === undefined ? undefined : groupOf(each, column);
    for (const [name, file] of Object.entries({ pred, target, against: other, image }))
      if (file !== undefined && !existsSync(splitEntry(file).file)) {
        fail({ item, message: `${where}: ${name} ${file}: no such file or folder` });
        return [];
      }
    return [{ item, pred, target, spacing, weight, other, image, group }];
  });
  const compared = cases.some(({ other }) => other !== undefined);
  return {
    cases,
    missing: [],
    alone: compared ? cases.filter(({ other }) => other === undefined).map(({ item }) => item) : [],
  };
}

/** Endings of the files that an option is of. */
const kinds = {
  categories: [".json"],
  overlap: [".json"],
  minScore: [".json"],
  panoptic: [".json"],
  array: [".npz", ".zarr"],
  palette: [".png", ".tif", ".tiff"],
} as const satisfies Partial<Record<keyof FileOptions, readonly string[]>>;

/** An option that no file takes notice of was meant to do something else. */
export function refuseIdle(options: FileOptions, paths: readonly string[]): void {
  const files = paths.map((path) => splitEntry(path).file.toLowerCase());
  for (const [name, endings] of Object.entries(kinds)) {
    if (options[name as keyof typeof kinds] === undefined || files.length === 0) continue;
    if (files.some((file) => endings.some((ending) => file.endsWith(ending)))) continue;
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new Error(`--${flag} is of ${endings.join(", ")} files, and none is given`);
  }
  const given = new Set(paths.map((path) => resolve(splitEntry(path).file)));
  for (const json of readFolders(options.panoptic ?? []).keys())
    if (!given.has(json)) throw new Error(`--panoptic names ${json}, which is none of the files given`);
}

/** Categories of COCO files on both sides must be the same. */
async function checkCategories(sides: readonly (readonly string[])[], dataset: string | undefined): Promise<void> {
  const { loadCoco, checkSameCategories } = await import("./readers/cocoSet"),
    [first, ...rest] = sides.flat().filter(isDataset);
  for (const other of rest) checkSameCategories(loadCoco(first, dataset), loadCoco(other, dataset));
}

async function fromFiles(options: CaseOptions, fail: Fail): Promise<Gathered> {
  if (options.group) throw new Error("--group names a column of a manifest; give --manifest");
  const pairing = readPairing(options),
    [own, theirs, others = [], pictures = []] = [
      given(options, "pred"),
      given(options, "target"),
      options.against,
      options.image,
    ],
    dataset = theirs.length === 1 && isDataset(theirs[0]) ? theirs[0] : undefined,
    finding = { recursive: options.recursive, dataset };
  const preds = await listFiles(own, pairing.pred, finding),
    targets = await listFiles(theirs, pairing.target, { recursive: options.recursive }),
    against = await listFiles(others, pairing.pred, finding),
    images = await listFiles(pictures, pairing.pred, { recursive: options.recursive });
  if (!options.categories && [...own, ...theirs, ...others].some(isDataset))
    await checkCategories([theirs, own, others], dataset);
  const found = (pred: string, files: Files) => (files.paths.length > 0 ? partner(pred, preds, files) : undefined);
  const cases = preds.paths.flatMap((pred): Chosen[] => {
    const item = nameOf(pred, preds);
    try {
      const target = targetOf(pred, preds, targets);
      return [{ item, pred, target, weight: 1, other: found(pred, against), image: found(pred, images) }];
    } catch (error) {
      fail({ item, message: (error as Error).message });
      return [];
    }
  });
  return {
    ...{ cases, dataset },
    missing: missingPredictions(preds, targets),
    alone: options.against ? cases.filter(({ other }) => other === undefined).map(({ pred }) => pred) : [],
  };
}

/** The cases that are meant, by files that pair up or by a manifest; what has no partner is told as a failure. */
export const gatherCases = async (options: CaseOptions, fail: Fail): Promise<Gathered> =>
  options.manifest === undefined ? fromFiles(options, fail) : fromManifest(options, options.manifest, fail);
