import { decodePolygons, decodeRle, type Rle } from "segloss/masks";
import type { Objects, Reader, Reading, Source, Volume } from "../../src/files/readers/volume";
import { type Annotation, labelsOf, loadCoco, type Picture, show } from "./cocoSet";
import { readPanoptic } from "./panoptic";

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

function readCoco(_: Uint8Array, reading: Reading, { path, entry = "" }: Source): Volume | Promise<Volume> {
  const set = loadCoco(path, reading.dataset),
    labels = labelsOf(set, reading.categories),
    picture = set.pictures.get(entry);
  if (!picture) throw new Error("has no such image");
  if (set.panoptic) return readPanoptic(set, picture, labels, reading);
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
