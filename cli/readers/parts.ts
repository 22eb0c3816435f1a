import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatOf, formats } from "../../src/files/readers/formats";
import type { Reading } from "../../src/files/readers/volume";
import { isDataset, splitEntry } from "./registry";

/** The file of numbers that a header names: the reader is asked, and gets none. */
async function detachedOf(header: string, reading: Reading): Promise<string[]> {
  const names: string[] = [],
    format = formatOf(header, formats),
    beside = (name: string) => {
      names.push(name);
      return Promise.reject(new Error("is not needed"));
    };
  const reader = (await format?.load())?.reader;
  try {
    await reader?.read(readFileSync(header), reading, { path: header, beside });
  } catch {
    // Either the error of above, or a file that cannot be read, which is told when its turn comes.
  }
  return names.map((name) => join(dirname(header), name));
}

async function segmentsOf(file: string, entry: string, reading: Reading): Promise<string[]> {
  const [{ loadCoco }, { pngOf }] = await Promise.all([import("./cocoSet"), import("./panoptic")]);
  try {
    const set = loadCoco(file, reading.dataset),
      picture = set.pictures.get(entry),
      [annotation] = (picture && set.annotations.get(picture.id)) ?? [],
      name = set.panoptic ? annotation?.file_name : undefined;
    return typeof name === "string" ? [pngOf(set, name, reading)] : [];
  } catch {
    return []; // told when its turn comes
  }
}

/** All files that what lies under a path is read from: it, and those that it names. */
async function partsOf(path: string, reading: Reading): Promise<string[]> {
  const { file, entry } = splitEntry(path);
  if (entry !== undefined && isDataset(file)) return [file, ...(await segmentsOf(file, entry, reading))];
  return [file, ...(/\.(mhd|nhdr)$/i.test(file) ? await detachedOf(file, reading) : [])];
}

/** Size and time of change of a file; nothing where there is none. One that was replaced is another file. */
export interface Stamp {
  readonly size: number;
  readonly changed: number;
}

/** A folder has no size that all file systems agree about. */
export function stampOf(file: string): Stamp | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && { size: found.isDirectory() ? 0 : found.size, changed: found.mtimeMs };
}

/** The stamp of each file that what lies under a path is read from. */
export const stampsOf = async (path: string, reading: Reading = {}): Promise<[file: string, stamp?: Stamp][]> =>
  (await partsOf(path, reading)).map((part) => [part, stampOf(part)]);
