import type { Declaration } from "../catalog/declaration.js";
import type { Geometry } from "../tensors/shape.js";
import type { Part } from "./loss.js";

/**
 * Parts that read pred and target alike have the same; a loss that encodes labels reads them as no other does, and one
 * that evaluates another leaves that to it.
 */
const conventions = ({ options, declaration, ignored }: Part) =>
  `${options.activation} ${options.layout} ${options.spatialDims} ${ignored} ` +
  `${declaration.encode ? encodingKey(declaration, options) : ""}`;

const written = new WeakMap<Part["options"], string>();
/** What tells options apart; written once, as a small call feels it. */
export function optionsKey(options: Part["options"]): string {
  const known = written.get(options);
  if (known !== undefined) return known;
  const key = JSON.stringify(options);
  written.set(options, key);
  return key;
}

export const encodingKey = ({ name }: Declaration, options: Part["options"]) => `${name} ${optionsKey(options)}`;

/** A part, and its lists that must be as long as there are classes or spatial axes. */
export interface ReadPart extends Part {
  readonly lists: readonly { readonly option: string; readonly each: "class" | "axis"; readonly length: number }[];
}

export function readPart(part: Part): ReadPart {
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
  for (const [i, part] of parts.entries()) {
    const key = part.declaration.wraps ? `part ${i}` : conventions(part);
    found.set(key, [...(found.get(key) ?? []), readPart(part)]);
  }
  return [...found.values()];
}

/**
 * Whether a call may be shared out between workers: its parts are one group, of losses that say so. Then how many
 * planes of each sample they exchange. `length`: how many numbers an extra input holds.
 */
export function splits(
  groups: readonly (readonly Part[])[],
  { batch, classes }: Geometry,
  length: (extra: string) => number | undefined,
): number | false {
  if (groups.length !== 1) return false;
  let planes = 0;
  for (const { declaration, options } of groups[0]) {
    const own = declaration.splits?.(options, { batch, classes, length }) ?? 0;
    if (own === false) return false;
    planes += own;
  }
  return planes;
}
