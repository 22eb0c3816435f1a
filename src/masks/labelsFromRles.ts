import { SegLossError } from "../errors.js";
import { checkNames, isLabel, type LabelMap, labelArray } from "./labelMap.js";
import { eachPixel, type Rle } from "./rle.js";

/** What a label map needs of a COCO annotation. */
export interface RleAnnotation {
  readonly segmentation: Rle;
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
  /** [height, width]; needed where there may be no annotation. */
  readonly size?: readonly number[];
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

function readSize(
  annotations: readonly RleAnnotation[],
  given: readonly number[] | undefined,
): readonly [number, number] {
  const size = given ?? annotations[0]?.segmentation?.size;
  if (size === undefined && annotations.length === 0)
    throw refuse("option size must be given, [height, width], as there is no annotation");
  if (!Array.isArray(size) || size.length !== 2 || !size.every((n) => Number.isInteger(n) && n >= 0))
    throw refuse(`option size must be [height, width], got ${JSON.stringify(size)}`);
  for (const [i, { segmentation }] of annotations.entries()) {
    if (Array.isArray(segmentation))
      throw new SegLossError(
        "UNSUPPORTED",
        `${NAME}: annotations[${i}].segmentation must be { size, counts }, got polygons`,
      );
    if (String(segmentation?.size) !== String(size))
      throw new SegLossError(
        "SHAPE_MISMATCH",
        `${NAME}: annotations[${i}] has size ${JSON.stringify(segmentation?.size)}, expected [${size.join(", ")}]`,
      );
  }
  return [size[0], size[1]];
}

/**
 * One label map [1, H, W] of run-length encoded COCO annotations. Labels are in a Uint8Array where they fit, else in a
 * Uint16Array or Int32Array. Throws what `decodeRle` throws, UNSUPPORTED for polygons, and INVALID_TARGET where
 * annotations overlap with `overlap: "error"`.
 */
export function labelsFromRles(annotations: readonly RleAnnotation[], options: LabelsFromRlesOptions = {}): LabelMap {
  checkNames(NAME, options, ["labels", "background", "overlap", "size"]);
  if (!Array.isArray(annotations) || annotations.some((each) => each === null || typeof each !== "object"))
    throw new SegLossError("SHAPE_MISMATCH", `${NAME}: annotations must be a list of { segmentation, category_id }`);
  const { background = 0, overlap = "last" } = options,
    labels = readLabels(annotations, options.labels),
    [height, width] = readSize(annotations, options.size);
  if (!isLabel(background)) throw refuse(`option background must be a label, got ${String(background)}`);
  if (overlap !== "last" && overlap !== "error")
    throw refuse(`option overlap must be "last" or "error", got ${String(overlap)}`);
  const data = labelArray(height * width, [background, ...labels]).fill(background),
    owners = overlap === "error" ? new Int32Array(height * width).fill(-1) : undefined;
  for (const [n, { segmentation }] of annotations.entries()) {
    eachPixel(segmentation, `${NAME}: annotations[${n}].segmentation`, (i) => {
      if (owners && owners[i] >= 0 && labels[owners[i]] !== labels[n]) {
        const where = `column ${i % width}, row ${Math.floor(i / width)}`;
        throw new SegLossError(
          "INVALID_TARGET",
          `${NAME}: pixel ${i} (${where}) is in annotations[${owners[i]}] and annotations[${n}], with labels ${labels[owners[i]]} and ${labels[n]}`,
        );
      }
      if (owners) owners[i] = n;
      data[i] = labels[n];
    });
  }
  return { data, shape: [1, height, width] };
}
