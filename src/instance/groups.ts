import type { Declaration } from "../catalog/declaration.js";
import { SegLossError } from "../errors.js";
import type { Inputs } from "./inputs.js";
import type { Part } from "./loss.js";

/** Parts that read pred and target alike have the same; a loss that encodes labels reads them as no other does. */
const conventions = ({ options, declaration, ignored }: Part) =>
  `${options.activation} ${options.layout} ${options.spatialDims} ${ignored} ${declaration.encode ? encodingKey(declaration, options) : ""}`;

export const encodingKey = ({ name }: Declaration, options: Part["options"]) => `${name} ${JSON.stringify(options)}`;

/** A part, and its lists that must be as long as there are classes or spatial axes. */
export interface ReadPart extends Part {
  readonly lists: readonly { readonly option: string; readonly each: "class" | "axis"; readonly length: number }[];
}

function readPart(part: Part): ReadPart {
  const lists = Object.entries(part.declaration.options).flatMap(([option, declared]) => {
    const value = part.options[option];
    return declared.type === "numbers" && declared.each !== "any" && Array.isArray(value)
      ? [{ option, each: declared.each, length: value.length }]
      : [];
  });
  return { ...part, lists };
}

export function groupParts(parts: readonly Part[]): ReadPart[][] {
  const found = new Map<string, ReadPart[]>();
  for (const part of parts) found.set(conventions(part), [...(found.get(conventions(part)) ?? []), readPart(part)]);
  return [...found.values()];
}

export function checkPlane({ name, needs }: Declaration, spatial: readonly number[], what: string): void {
  if (!needs.planar || spatial.length === 2) return;
  throw new SegLossError(
    "UNSUPPORTED",
    `${name}: ${what} must be images, with 2 spatial dimensions, got ${spatial.length} (${spatial.join(" x ")})`,
  );
}

export function check({ declaration, options, lists }: ReadPart, { geometry, binary, soft, cameSoft }: Inputs): void {
  const { name, needs } = declaration,
    { classes, spatial } = geometry;
  const unsupported = (message: string) => new SegLossError("UNSUPPORTED", `${name}: ${message}`);
  if (needs.labels && cameSoft)
    throw unsupported("target must hold labels in an integer typed array, got soft targets in a Float32Array");
  if (needs.categorical && binary)
    throw unsupported(
      `classes must compete (softmax, or "none" with C > 1), got activation "${options.activation}" with C = ${classes}`,
    );
  if (needs.several && classes < 2) throw unsupported("pred must have 2 channels at least, got C = 1");
  checkPlane(declaration, spatial, "pred");
  if (needs.hard && soft) {
    const data = soft(),
      at = data.findIndex((t) => t !== 0 && t !== 1);
    if (at >= 0)
      throw unsupported(`target must be hard, labels or a Float32Array of 0 and 1; got ${data[at]} at index ${at}`);
  }
  if (options.includeBackground === false && classes === 1)
    throw unsupported("includeBackground: false leaves nothing of C = 1: its one class is the foreground");
  for (const { option, each, length } of lists) {
    const expected = each === "axis" ? spatial.length : classes;
    if (length === expected) continue;
    throw new SegLossError(
      "INVALID_OPTION",
      `${name}: option ${option} must hold ${expected} numbers, one per ${each === "axis" ? "spatial axis" : "class"}, got ${length}`,
    );
  }
}
