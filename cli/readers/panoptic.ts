import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readColours } from "../../src/files/readers/png";
import type { Reading, Volume } from "../../src/files/readers/volume";
import { type Annotation, type Coco, type Picture, type Segment, show } from "./cocoSet";

/** Where the PNGs lie: where --panoptic says, or in a folder named like the JSON file, or beside it. */
function folderOf(path: string, folders: Reading["panoptic"]): string {
  const chosen = folders?.get(resolve(path)),
    named = path.replace(/\.json$/i, "");
  if (chosen !== undefined) return chosen;
  return statSync(named, { throwIfNoEntry: false })?.isDirectory() ? named : dirname(path);
}

/** Ids of all pixels: red + 256 green + 65536 blue, 0 where no segment is. */
async function idsOf(file: string, { width, height }: Picture): Promise<Int32Array> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new Error(`${file}: no such file; say where the PNGs lie with --panoptic JSON=FOLDER`);
  }
  try {
    const { data, channels, top, ...png } = await readColours(bytes);
    if (channels < 3 || top !== 255)
      throw new Error("must hold segments' ids as colours, red, green and blue of 8 bits: id = R + 256 G + 65536 B");
    if (png.width !== width || png.height !== height)
      throw new Error(`is of size [${png.height}, ${png.width}], its image of [${height}, ${width}]`);
    const ids = new Int32Array(width * height);
    for (let i = 0, at = 0; i < ids.length; i++, at += channels)
      ids[i] = data[at] | (data[at + 1] << 8) | (data[at + 2] << 16);
    return ids;
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

/** The place of each segment among its annotation's, by id. */
function placesOf({ segments_info: segments = [] }: Annotation, { categories }: Coco, what: string) {
  const places = new Map<number, number>();
  for (const [n, segment] of segments.entries()) {
    const { id, category_id: category } = segment ?? {};
    if (!Number.isInteger(id) || id < 1 || id >= 2 ** 24)
      throw new Error(`${what}: segments_info[${n}] must have an id from 1 to 16777215, got ${show(segment)}`);
    if (places.has(id)) throw new Error(`${what} has two segments of id ${id}`);
    if (!categories.has(category))
      throw new Error(`${what}: segment ${id} is of category ${show(category)}, which is unknown`);
    places.set(id, n);
  }
  return places;
}

/** Which segment each pixel is of, counted from 1, and how many pixels each has; every id stands on both sides. */
function segmentsOf(ids: Int32Array, places: ReadonlyMap<number, number>, file: string, what: string) {
  const counts = new Int32Array(places.size + 1),
    found = ids;
  let [last, place] = [0, 0];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== last) {
      last = ids[i];
      const own = last === 0 ? -1 : places.get(last);
      if (own === undefined) throw new Error(`${file}: has id ${last} at index ${i}, which ${what} does not have`);
      place = own + 1;
    }
    found[i] = place;
    counts[place]++;
  }
  for (const [id, n] of places)
    if (counts[n + 1] === 0) throw new Error(`${what} has segment ${id}, which stands at no pixel of ${file}`);
  return { found, counts };
}

/** Where an area is not what the PNG holds, the two may be of different versions. */
function areaNote(segments: readonly Segment[], counts: Int32Array, what: string): string[] {
  const n = segments.findIndex(({ area }, i) => area !== undefined && area !== counts[i + 1]);
  if (n < 0) return [];
  return [`${what}: segment ${segments[n].id} has an area of ${segments[n].area}, but ${counts[n + 1]} pixels`];
}

/** An image of a panoptic data set: a label of each pixel's category, and the segments as objects. */
export async function readPanoptic(
  set: Coco,
  picture: Picture,
  labels: ReadonlyMap<number, number>,
  { panoptic }: Reading,
): Promise<Volume> {
  const own = set.annotations.get(picture.id) ?? [],
    what = `the annotation of image ${show(picture.id)}`;
  if (own.length !== 1)
    throw new Error(`has ${own.length === 0 ? "no annotation" : "several annotations"} of image ${show(picture.id)}`);
  const [{ file_name: name, segments_info: segments }] = own;
  if (typeof name !== "string" || !Array.isArray(segments))
    throw new Error(`${what} must have file_name, its PNG, and segments_info, got ${show(own[0])}`);
  const places = placesOf(own[0], set, what),
    file = join(folderOf(set.path, panoptic), name),
    { found, counts } = segmentsOf(await idsOf(file, picture), places, file, what),
    labelOf = [0, ...(segments as readonly Segment[]).map(({ category_id: id }) => labels.get(id) ?? 0)];
  return {
    ...{ data: found.map((place) => labelOf[place]), shape: [picture.height, picture.width], axes: ["HW"] },
    notes: areaNote(segments, counts, what),
    objects: {
      labels: [...new Set(labels.values())],
      of(label) {
        const idOf = labelOf.map((each, place) => {
          if (each !== label) return 0;
          return segments[place - 1].iscrowd === 1 ? -1 : place;
        });
        return found.map((place) => idOf[place]);
      },
      unlabelled: found.map((place) => (place === 0 ? 1 : 0)),
    },
  };
}
