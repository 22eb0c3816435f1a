import { readFileSync } from "node:fs";
import type { Polygons, Rle } from "segloss/masks";
import type { Reading } from "../../src/files/readers/volume";

export interface Picture {
  readonly id: number | string;
  readonly file_name: string;
  readonly height: number;
  readonly width: number;
}

/** A segment of a panoptic annotation: its pixels have its id in the annotation's PNG. */
export interface Segment {
  readonly id: number;
  readonly category_id: number;
  readonly iscrowd?: number;
  readonly area?: number;
}

/** An object; or, of the panoptic kind, all segments of an image. */
export interface Annotation {
  readonly image_id: number | string;
  readonly category_id: number;
  readonly segmentation?: Rle | Polygons;
  readonly iscrowd?: number;
  readonly score?: number;
  readonly file_name?: string;
  readonly segments_info?: readonly Segment[];
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
  /** Whether the masks are PNGs of segments' ids. */
  readonly panoptic: boolean;
}

export const show = (value: unknown) => JSON.stringify(value)?.slice(0, 80) ?? String(value);

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

const isPanoptic = (annotations: readonly Annotation[]) =>
  annotations.some((each) => Array.isArray(each?.segments_info));

/** Pictures and categories of the data set that predictions are of. */
function ofDataset(dataset: string | undefined, what: string): Coco {
  if (dataset === undefined)
    throw new Error(`${what} names images by number alone; give their COCO data set as --target`);
  return loadCoco(dataset);
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
    const [first] = content as Annotation[],
      panoptic = isPanoptic(content);
    if (first && !panoptic && (first.image_id === undefined || first.category_id === undefined))
      throw new Error("is no list of COCO detections, { image_id, category_id, segmentation, score }");
    const { pictures, categories } = ofDataset(dataset, "is a list of detections, which");
    return {
      ...{ path, pictures, categories, panoptic, detections: !panoptic },
      annotations: byPicture(content as Annotation[], pictures.values(), "its entry "),
    };
  }
  const { images, annotations, categories } = content as Record<string, unknown>,
    panoptic = Array.isArray(annotations) && isPanoptic(annotations);
  if ((images === undefined && !panoptic) || !Array.isArray(annotations))
    throw new Error("is no COCO data set with images, annotations and categories");
  const lacking = images === undefined || (panoptic && categories === undefined),
    own = lacking
      ? ofDataset(dataset, "has annotations without images and categories, and")
      : { pictures: picturesOf(images), categories: categoriesOf(categories) };
  return {
    ...{ path, pictures: own.pictures, categories: own.categories, panoptic, detections: false },
    annotations: byPicture(annotations as Annotation[], own.pictures.values(), "annotations"),
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
