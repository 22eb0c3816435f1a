import { SegLossError } from "../errors.js";
import { brief, checkNames } from "../options/names.js";
import { isLabel, type LabelMap, labelArray } from "./labelMap.js";
import { eachPolygonPixel, type PolygonOptions, type Polygons } from "./polygons.js";
import { eachPixel, type Rle } from "./rle.js";

/** What a label map needs of a COCO annotation. */
export interface RleAnnotation {
  readonly segmentation: Rle | Polygons;
  readonly category_id: number;
}

export interface LabelsFromRlesOptions {
  /** The label of each category id (default: the id itself). */
  readonly labels?: Readonly<Record<number, number>>;
  /** The label where no annotation is (default: 0). */
  readonly background?: number;
  /**
   * Whether later annotations cover earlier ones (default), or a pixel in two annotations of different labels is an
   * error.
   */
  readonly overlap?: "last" | "error";
  /** [height, width]; needed where there may be no annotation, or only polygons. */
  readonly size?: readonly number[];
  /** What several rings of polygons mean (`decodePolygons`; default: "union"). */
  readonly rings?: PolygonOptions["rings"];
}

const NAME = "labelsFromRles";
const refuse = (message: string) => new SegLossError("INVALID_OPTION", `${NAME}: ${message}`);

/** Each annotation's label. */
function readLabels(annotations: readonly RleAnnotation[], labels: LabelsFromRlesOptions["labels"]): number[] {
  return annotations.map(({ category_id: id }, i) => {
    const label = labels === undefined ? id : labels[id];
    if (isLabel(label)) return label;
    if (labels === undefined) throw refuse(`annotations[${i}].category_id must be a whole number, got ${String(id)}`);
    throw refuse(
      `option labels must have a label for category_id ${String(id)} of annotations[${i}], got ${String(label)}`,
    );
  });
}

const sizeOf = (segmentation: RleAnnotation["segmentation"]) =>
  Array.isArray(segmentation) ? undefined : (segmentation as Rle | undefined)?.size;

function readSize(
  annotations: readonly RleAnnotation[],
  given: readonly number[] | undefined,
): readonly [number, number] {
  const size = given ?? annotations.map(({ segmentation }) => sizeOf(segmentation)).find((each) => each !== undefined);
  if (size === undefined && annotations.some(({ segmentation }) => Array.isArray(segmentation)))
    throw refuse("option size must be given, [height, width], as polygons do not say it");
  if (size === undefined && annotations.length === 0)
    throw refuse("option size must be given, [height, width], as there is no annotation");
  if (!Array.isArray(size) || size.length !== 2 || !size.every((n) => Number.isInteger(n) && n >= 0))
    throw refuse(`option size must be [height, width], got ${brief(size)}`);
  for (const [i, { segmentation }] of annotations.entries()) {
    if (Array.isArray(segmentation)) continue;
    const own = sizeOf(segmentation);
    if (String(own) !== String(size))
      throw new SegLossError(
        "SHAPE_MISMATCH",
        `${NAME}: annotations[${i}] has size ${brief(own)}, expected [${size.join(", ")}]`,
      );
  }
  return [size[0], size[1]];
}

/**
 * One label map [1, H, W] of COCO annotations, run-length encoded or polygons. Labels are in a Uint8Array where they
 * fit, else in a Uint16Array or Int32Array. Throws what `decodeRle` and `decodePolygons` throw, and INVALID_TARGET
 * where annotations overlap with `overlap: "error"`.
 */
export function labelsFromRles(annotations: readonly RleAnnotation[], options: LabelsFromRlesOptions = {}): LabelMap {
  checkNames(NAME, options, ["labels", "background", "overlap", "size", "rings"]);
  if (!Array.isArray(annotations) || annotations.some((each) => each === null || typeof each !== "object"))
    throw new SegLossError("SHAPE_MISMATCH", `${NAME}: annotations must be a list of { segmentation, category_id }`);
  const { background = 0, overlap = "last", rings = "union" } = options,
    labels = readLabels(annotations, options.labels),
    [height, width] = readSize(annotations, options.size);
  if (!isLabel(background)) throw refuse(`option background must be a label, got ${brief(background)}`);
  if (overlap !== "last" && overlap !== "error")
    throw refuse(`option overlap must be "last" or "error", got ${brief(overlap)}`);
  if (rings !== "union" && rings !== "evenOdd")
    throw refuse(`option rings must be "union" or "evenOdd", got ${brief(rings)}`);
  const data = labelArray(height * width, [background, ...labels]).fill(background),
    owners = overlap === "error" ? new Int32Array(height * width).fill(-1) : undefined;
  for (const [n, { segmentation }] of annotations.entries()) {
    const paint = (i: number) => {
      if (owners && owners[i] >= 0 && labels[owners[i]] !== labels[n]) {
        const where = `column ${i % width}, row ${Math.floor(i / width)}`;
        throw new SegLossError(
          "INVALID_TARGET",
          `${NAME}: pixel ${i} (${where}) is in annotations[${owners[i]}] and annotations[${n}], with labels ` +
            `${labels[owners[i]]} and ${labels[n]}`,
        );
      }
      if (owners) owners[i] = n;
      data[i] = labels[n];
    };
    const what = `${NAME}: annotations[${n}].segmentation`;
    if (Array.isArray(segmentation)) eachPolygonPixel(segmentation, { size: [height, width], rings }, what, paint);
    else eachPixel(segmentation as Rle, what, paint);
  }
  return { data, shape: [1, height, width] };
}
