import { readdirSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { hasLosses } from "../src/files/readers/formats";
import { entryPath, isDataset, isReadable, readableEndings, stem } from "./readers/registry";

/** What a name has in common with its partner's: the name without its endings, or what a pattern leaves of it. */
export type IdOf = (name: string) => string | undefined;

/** Paths, and which of them share an id. */
export interface Files {
  readonly paths: readonly string[];
  readonly byId: ReadonlyMap<string, readonly string[]>;
  readonly idOf: (path: string) => string | undefined;
}

/** How files are looked for. */
export interface Finding {
  /** Into folders in folders, too: then names are paths from the given folder on. */
  readonly recursive?: boolean;
  /** The COCO data set whose images a list of detections is of. */
  readonly dataset?: string;
}

/** Readable files in a folder, by name, without hidden ones. */
function filesIn(folder: string, recursive: boolean): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((each) => {
      const path = join(folder, each.name);
      // A data set may lie beside what it tells of; it is meant where it is named.
      if (isReadable(each.name)) return isDataset(each.name) ? [] : [path];
      return recursive && statSync(path, { throwIfNoEntry: false })?.isDirectory() ? filesIn(path, true) : [];
    });
}

/** Why a folder holds no files, where that can be told. */
function emptyFolder(folder: string, recursive: boolean): Error {
  const all = readdirSync(folder, { withFileTypes: true }),
    lossy = all.find(({ name }) => hasLosses(name)),
    deeper = !recursive && all.some((each) => each.isDirectory() && !each.name.startsWith("."));
  const why = deeper
    ? "; --recursive looks into the folders in it"
    : lossy
      ? `, but ${lossy.name}: JPEG changes labels`
      : "";
  return new Error(`${folder}: no ${readableEndings} files in this folder${why}`);
}

/** Files as given; a folder stands for the readable files in it, a COCO data set for its images. */
export async function listFiles(
  given: readonly string[],
  idOf: IdOf = stem,
  { recursive = false, dataset }: Finding = {},
): Promise<Files> {
  const names = new Map<string, string>();
  for (const path of given) {
    const isFile = isReadable(path) || !statSync(path, { throwIfNoEntry: false })?.isDirectory();
    if (isFile && isDataset(path)) {
      const { loadCoco } = await import("./readers/cocoSet");
      try {
        for (const name of loadCoco(path, dataset).pictures.keys())
          names.set(entryPath(path, name), recursive ? name : basename(name));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        throw new Error(`${path}: ${code === "ENOENT" ? "no such file or folder" : message}`);
      }
    } else if (isFile) names.set(path, basename(path));
    else {
      const files = filesIn(path, recursive);
      if (files.length === 0) throw emptyFolder(path, recursive);
      for (const file of files)
        names.set(file, recursive ? relative(path, file).replaceAll("\\", "/") : basename(file));
    }
  }
  const ids = new Map(Array.from(names, ([path, name]) => [path, idOf(name)])),
    byId = new Map<string, string[]>();
  for (const [path, id] of ids) if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), path]);
  return { paths: [...names.keys()], byId, idOf: (path) => ids.get(path) };
}

/** How ids are found on both sides: --pair "{id}_pred.png={id}_gt.png". */
export function readPattern(text: string | undefined): { pred: IdOf; target: IdOf } {
  if (text === undefined) return { pred: stem, target: stem };
  const sides = text.split("=");
  if (sides.length !== 2 || sides.some((side) => side.split("{id}").length !== 2))
    throw new Error(
      `--pair must be two patterns with {id} once in each, such as {id}_pred.png={id}_gt.png, got ${text}`,
    );
  const [pred, target] = sides.map((side) => {
    const [before, after] = side.split("{id}");
    return (name: string) => {
      const long = name.length > before.length + after.length;
      return long && name.startsWith(before) && name.endsWith(after)
        ? name.slice(before.length, name.length - after.length)
        : undefined;
    };
  });
  return { pred, target };
}

/** A prediction's partner among others: the one of its id, or the only one where there is one of each. */
export function partner(pred: string, preds: Files, others: Files): string | undefined {
  if (preds.paths.length === 1 && others.paths.length === 1) return others.paths[0];
  const id = preds.idOf(pred),
    found = (id !== undefined && others.byId.get(id)) || [];
  if (found.length > 1) throw new Error(`${pred}: ${found.join(" and ")} both have its name; give one of them`);
  return found[0];
}

const shared = (a: string, b: string) => {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
};

/** A pattern that would pair a file with the one of the most similar name. */
function patternHint(pred: string, targets: Files): string {
  const name = basename(pred),
    names = targets.paths.map((path) => basename(path)),
    best = names.reduce((a, b) => (shared(name, b) > shared(name, a) ? b : a), names[0] ?? ""),
    // An id ends before the sign that sets it off from the rest.
    n = /^[\w.-]*?(?=[_.-]?$)/.exec(name.slice(0, shared(name, best)))?.[0].length ?? 0;
  const pattern = n > 0 ? `{id}${name.slice(n)}={id}${best.slice(n)}` : "{id}_pred.png={id}_gt.png";
  return `pair by a pattern: --pair '${pattern}'`;
}

/** A prediction's target; an error where there is none. */
export function targetOf(pred: string, preds: Files, targets: Files): string {
  const target = partner(pred, preds, targets);
  if (target === undefined)
    throw new Error(`${pred}: no target of the same name among those given; ${patternHint(pred, targets)}`);
  return target;
}

/** Ids, or paths where several predictions share an id. */
export function nameOf(pred: string, preds: Files): string {
  const id = preds.idOf(pred);
  return id === undefined || (preds.byId.get(id) ?? []).length > 1 ? pred : id;
}

/** Targets that no prediction has. */
export function missingPredictions(preds: Files, targets: Files): string[] {
  if (preds.paths.length === 1 && targets.paths.length === 1) return [];
  return targets.paths.filter((path) => {
    const id = targets.idOf(path);
    return id === undefined || !preds.byId.has(id);
  });
}
