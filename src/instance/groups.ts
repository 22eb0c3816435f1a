import type { Declaration } from "../catalog/declaration.js";
import type { Part } from "./loss.js";

/**
 * Parts that read pred and target alike have the same; a loss that encodes labels reads them as no other does, and one
 * that evaluates another leaves that to it.
 */
const conventions = ({ options, declaration, ignored }: Part) =>
  `${options.activation} ${options.layout} ${options.spatialDims} ${ignored} ` +
  `${declaration.encode ? encodingKey(declaration, options) : ""}`;

export const encodingKey = ({ name }: Declaration, options: Part["options"]) => `${name} ${JSON.stringify(options)}`;

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
 * Whether the tiles of a call may be shared out between workers: its parts are one group, of losses that say so.
 * `length`: how many numbers an extra input holds.
 */
export function splits(
  groups: readonly (readonly Part[])[],
  shape: readonly number[],
  length: (extra: string) => number | undefined,
): boolean {
  return (
    groups.length === 1 &&
    groups[0].every(({ declaration, options }) => {
      const classes = shape[options.layout === "channelsLast" ? shape.length - 1 : 1];
      return declaration.splits?.(options, { classes, length }) ?? true;
    })
  );
}
