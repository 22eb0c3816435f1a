import { SegLossError } from "../errors.js";
import { firstLabel } from "../tensors/conventions.js";
import type { Common } from "./common.js";

/** Labels are below it, where the classes are counted. */
export const labelRange = (classes: number): number => classes + firstLabel(classes);

const refuse = (what: string, message: string) => new SegLossError("INVALID_OPTION", `${what}: ${message}`);

/** The labels that a result has columns for, where there are so many classes. */
export function countedColumns(what: string, { labels, includeBackground }: Common, classes: number): number[] {
  const first = firstLabel(classes),
    range = labelRange(classes);
  if (includeBackground === false && classes === 1)
    throw new SegLossError(
      "UNSUPPORTED",
      `${what}: includeBackground: false leaves nothing of C = 1: its one class is the foreground`,
    );
  if (labels === null) {
    const from = includeBackground === false ? 1 : first;
    return Array.from({ length: range - from }, (_, i) => from + i);
  }
  const wrong = labels.find((label) => label < first || label >= range);
  if (wrong !== undefined)
    throw refuse(what, `option labels has ${wrong}, expected ${first} to ${range - 1} for C = ${classes}`);
  return chosen(what, labels, includeBackground);
}

/** The same where the labels that occur are the classes. */
export function occurringColumns(
  what: string,
  options: Common,
  occurring: readonly number[],
  ignored: ReadonlySet<number>,
): number[] {
  const { labels, includeBackground } = options;
  if (labels !== null) return chosen(what, labels, includeBackground);
  return occurring
    .filter((label) => !ignored.has(label) && (label !== 0 || includeBackground === true))
    .sort((a, b) => a - b);
}

function chosen(what: string, labels: readonly number[], includeBackground: boolean | null): number[] {
  if (includeBackground === false && labels.includes(0))
    throw refuse(what, "option labels has 0, which includeBackground: false leaves out; give one of them");
  return [...labels];
}
