import { catalog, type Declaration } from "segloss";
import type { Scene } from "./scenes.js";

/** The catalog as lists of any loss: a loss that is added there appears here. */
export const losses = catalog as readonly unknown[] as readonly Declaration[];
export const lossOf = (name: string): Declaration | undefined => losses.find((each) => each.name === name);
/**
 * The losses that every stroke waits for: pixelwise, overlap and map losses. They are those that can share out even one
 * plane, tile by tile, with nothing to exchange but sums, and are no sums of others.
 */
export const isQuick = ({ category, options, splits }: Declaration): boolean =>
  category !== "combination" &&
  (splits?.(defaults(options), { batch: 1, classes: 1, length: () => undefined }) ?? 0) === 0;
const defaults = (options: Declaration["options"]) =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
export type Option = Declaration["options"][string];

/** What the page itself decides: the pictures' layout, and what a scene says of void and voxels. */
const decided = new Set(["layout", "spatialDims", "ignoreIndex", "reduction"]);
export const controlled = (declaration: Declaration): [string, Option][] =>
  Object.entries(declaration.options).filter(([name]) => !decided.has(name));

/** Options that a scene calls for. */
export function sceneOptions(declaration: Declaration, scene: Scene): Record<string, unknown> {
  return {
    ...(scene.hasVoid ? { ignoreIndex: 255 } : {}),
    ...(scene.spacing && "spacing" in declaration.options ? { spacing: scene.spacing } : {}),
  };
}

/** An option as text in a link or a field. */
export const writeOption = (value: unknown): string =>
  typeof value === "string" ? value : Number.isNaN(value) ? "NaN" : JSON.stringify(value);

/** What text stands for, by the option's type; the package itself checks it. Undefined: the default. */
export function readOption(option: Option, text: string): unknown {
  if (text.trim() === "") return undefined;
  if (option.type === "choice") return text;
  if (option.type === "number" && /^nan$/i.test(text)) return Number.NaN;
  try {
    const list =
      (option.type === "numbers" || option.type === "labels") && /[, ]/.test(text.trim()) && !text.includes("[");
    return JSON.parse(
      list
        ? `[${text
            .trim()
            .split(/[\s,]+/)
            .join(",")}]`
        : text,
    );
  } catch {
    return text;
  }
}
