import { readFileSync } from "node:fs";
import { decodePolygons, decodeRle, type Polygons, type Rle } from "segloss/masks";
import type { Objects, Reader, Reading, Source, Volume } from "../../src/files/readers/volume";

interface Picture {
  readonly id: number | string;
  readonly file_name: string;
  readonly height: number;
  readonly width: number;
}

interface Annotation {
  readonly image_id: number | string;
  readonly category_id: number;
  readonly segmentation?: Rle | Polygons;
  readonly iscrowd?: number;
  readonly score?: number;
}

/** A COCO data set, or a list of detections with the pictures and categories of its data set. */
export interface Coco {
  readonly path: string;
  /** By file_name. */
  readonly pictures: ReadonlyMap<string, Picture>;
  readonly annotations: ReadonlyMap<number | string, readonly Annotation[]>;
  /** Names by category id. */
  readonly categories: ReadonlyMap<number, string>;
  readonly detections: boolean;
}

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 80) ?? String(value);

const isSize = (n: unknown) => Number.isInteger(n) && (n as number) > 0;

function picturesOf(images: unknown): Map<string, Picture> {
  if (!Array.isArray(images)) throw new Error("has no list images");
  const pictures = new Map<string, Picture>(),
    ids = new Set<unknown>();
  for (const [i, image] of (images as Picture[]).entries()) {
    if (typeof image?.file_name !== "string" || !isSize(image.height) || !isSize(image.width) || image.id === undefined)
      throw new Error(`images[${i}] must have id, file_name, height and width, got ${show(image)}`);
    if (pictures.has(image.file_name)) throw new Error(`has two images ${show(image.file_name)}`);
    if (ids.has(image.id)) throw new Error(`has two images of id ${show(image.id)}`);
    pictures.set(image.file_name, image);
    ids.add(image.id);
  }
  return pictures;
}

function categoriesOf(list: unknown): Map<number, string> {
  if (!Array.isArray(list)) throw new Error("has no list categories");
  const categories = new Map<number, string>();
  for (const [i, category] of list.entries()) {
    if (!Number.isInteger(category?.id) || typeof category.name !== "string")
      throw new Error(`categories[${i}] must have id, a whole number, and name, got ${show(category)}`);
    if (categories.has(category.id)) throw new Error(`has two categories of id ${category.id}`);
    categories.set(category.id, category.name);
  }
  return categories;
}

function byPicture(list: readonly Annotation[], pictures: Iterable<Picture>, what: string) {
  const annotations = new Map<number | string, Annotation[]>(Array.from(pictures, ({ id }) => [id, []]));
  for (const [i, annotation] of list.entries()) {
    const of = annotations.get(annotation?.image_id);
    if (!of) throw new Error(`${what}[${i}] is of image ${show(annotation?.image_id)}, which images does not have`);
    of.push(annotation);
  }
  return annotations;
}

function parse(path: string, dataset: string | undefined): Coco {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code) throw error;
    throw new Error("is cut or broken: it cannot be read as JSON");
  }
  if (Array.isArray(content)) {
    const [first] = content as Annotation[];
    if (first && (first.image_id === undefined || first.category_id === undefined))
      throw new Error("is no list of COCO detections, { image_id, category_id, segmentation, score }");
    if (dataset === undefined)
      throw new Error(
        "is a list of detections, which names images by number alone; give their COCO data set as --target",
      );
    const { pictures, categories } = loadCoco(dataset);
    return {
      ...{ path, pictures, categories, detections: true },
      annotations: byPicture(content as Annotation[], pictures.values(), "its entry "),
    };
  }
  const { images, annotations, categories } = content as Record<string, unknown>;
  if (images === undefined || !Array.isArray(annotations))
    throw new Error("is no COCO data set with images, annotations and categories");
  if (annotations.some((each) => Array.isArray(each?.segments_info)))
    throw new Error("is of COCO's panoptic kind, whose masks are PNGs beside it; export it as instances");
  const pictures = picturesOf(images);
  return {
    ...{ path, pictures, detections: false },
    annotations: byPicture(annotations as Annotation[], pictures.values(), "annotations"),
    categories: categoriesOf(categories),
  };
}

const loaded = new Map<string, Coco>();

/** A JSON file, read once. */
export function loadCoco(path: string, dataset?: string): Coco {
  const found = loaded.get(path) ?? parse(path, dataset);
  loaded.set(path, found);
  return found;
}

/** One id with two names would compare what is not alike. */
export function checkSameCategories(one: Coco, other: Coco): void {
  for (const [id, name] of one.categories) {
    const theirs = other.categories.get(id);
    if (theirs !== undefined && theirs !== name)
      throw new Error(
        `${one.path}: category ${id} is ${name}, but ${theirs} in ${other.path}; say the label of each name with ` +
          `--categories, such as --categories 1=${name} 2=${theirs}`,
      );
  }
}

/** The label of each category: its id, or as --categories says; nothing for those that are left out. */
export function labelsOf({ categories }: Coco, chosen: Reading["categories"]): Map<number, number> {
  if (!chosen) {
    if (categories.has(0))
      throw new Error(
        `has category 0 (${categories.get(0)}), which would be background; say the label of each with --categories, ` +
          `such as --categories ${[...categories.values()]
            .slice(0, 2)
            .map((name, i) => `${i + 1}=${name}`)
            .join(" ")}`,
      );
    const negative = [...categories.keys()].find((id) => id < 0);
    if (negative !== undefined) throw new Error(`has category ${negative}; ids must be above 0 (--categories)`);
    return new Map([...categories.keys()].map((id) => [id, id]));
  }
  const labels = new Map<number, number>();
  for (const [label, names] of chosen)
    for (const name of names) {
      const ids = [...categories].filter(([id, own]) => own === name || String(id) === name).map(([id]) => id);
      if (ids.length !== 1)
        throw new Error(
          `has ${ids.length === 0 ? "no category" : "several categories"} ${show(name)} (--categories); ` +
            `it has ${[...categories]
              .slice(0, 9)
              .map(([id, own]) => `${id} ${own}`)
              .join(", ")}`,
        );
      labels.set(ids[0], label);
    }
  return labels;
}

/** Pixels of one annotation, checked against its picture. */
function maskOf({ segmentation }: Annotation, { height, width }: Picture, what: string): Uint8Array {
  try {
    if (Array.isArray(segmentation)) return decodePolygons(segmentation, { size: [height, width] }).data;
    if (segmentation === undefined || segmentation === null)
      throw new Error("has no segmentation, only a box at most; masks cannot be compared");
    const { data, shape } = decodeRle(segmentation as Rle);
    if (shape[1] !== height || shape[2] !== width)
      throw new Error(`is of size [${shape[1]}, ${shape[2]}], its image of [${height}, ${width}]`);
    return data;
  } catch (error) {
    throw new Error(`${what} ${(error as Error).message.replace(/^decode\w+: /, "")}`);
  }
}

interface Drawn {
  readonly label: number;
  readonly mask: Uint8Array;
  readonly crowd: boolean;
}

/** Labels of all pixels, later ones over earlier ones; and where two labels meet, if anywhere. */
function paint(drawn: readonly Drawn[], { width, height }: Picture): { data: Int32Array; fault?: string } {
  const data = new Int32Array(width * height);
  let fault: string | undefined;
  for (const { label, mask } of drawn)
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i]) continue;
      if (data[i] !== 0 && data[i] !== label)
        fault ??= `categories ${data[i]} and ${label} overlap at column ${i % width}, row ${Math.floor(i / width)}`;
      data[i] = label;
    }
  return { data, fault };
}

/** Ids of one label's objects; crowds, of whom nobody knows how many there are, do not count. */
function idsOf(drawn: readonly Drawn[], of: number, { width, height }: Picture) {
  const ids = new Int32Array(width * height),
    single = drawn.filter(({ label, crowd }) => label === of && !crowd);
  let fault: string | undefined;
  for (const [n, { mask }] of single.entries())
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i]) continue;
      if (ids[i] !== 0)
        fault ??= `objects of category ${of} overlap at column ${i % width}, row ${Math.floor(i / width)}`;
      ids[i] = n + 1;
    }
  for (const { mask } of drawn.filter(({ label, crowd }) => label === of && crowd))
    for (let i = 0; i < mask.length; i++) if (mask[i] && ids[i] === 0) ids[i] = -1;
  return { ids, fault };
}

const cure = "--overlap last lets later ones cover earlier ones, detections by their score";

function readCoco(_: Uint8Array, reading: Reading, { path, entry = "" }: Source): Volume {
  const set = loadCoco(path, reading.dataset),
    labels = labelsOf(set, reading.categories),
    picture = set.pictures.get(entry);
  if (!picture) throw new Error("has no such image");
  let own = (set.annotations.get(picture.id) ?? []).map((annotation, i) => ({ annotation, i }));
  const strange = own.find(({ annotation }) => !set.categories.has(annotation.category_id));
  if (strange)
    throw new Error(`annotation ${strange.i} is of category ${show(strange.annotation.category_id)}, which is unknown`);
  if (set.detections) {
    const unscored = own.find(({ annotation }) => typeof annotation.score !== "number");
    if (unscored) throw new Error(`detection ${unscored.i} has no score`);
    if (reading.minScore === undefined)
      throw new Error("holds detections with scores; say which count with --min-score, such as 0.5 (0: all)");
    const least = reading.minScore,
      scoreOf = ({ annotation }: (typeof own)[number]) => annotation.score as number;
    own = own.filter((each) => scoreOf(each) >= least).sort((a, b) => scoreOf(a) - scoreOf(b));
  }
  const drawn = own.flatMap(({ annotation, i }) => {
    const label = labels.get(annotation.category_id);
    if (label === undefined) return [];
    return [{ label, mask: maskOf(annotation, picture, `annotation ${i}`), crowd: annotation.iscrowd === 1 }];
  });
  const may = reading.overlap === "last",
    { data, fault } = paint(drawn, picture);
  const objects: Objects = {
    labels: [...new Set(labels.values())],
    of(label) {
      const { ids, fault: own } = idsOf(drawn, label, picture);
      if (own && !may) throw new Error(`${path}::${entry}: ${own}, where a pixel is of one object; ${cure}`);
      return ids;
    },
  };
  return {
    ...{ data, shape: [picture.height, picture.width], axes: ["HW"], objects },
    ...(fault && !may && { fault: `${fault}, where a pixel has one label; ${cure}` }),
  };
}

export const reader: Reader = { read: readCoco };
