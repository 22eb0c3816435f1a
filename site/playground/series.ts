import { computed, signal } from "@preact/signals";
import { type ErrorName, errors, names } from "./curves.js";
import type { CurvePoint } from "./protocol.js";
import { viewed } from "./state.js";
import { theme } from "./theme.js";

export const points = signal<readonly CurvePoint[]>([]);
const firstPins = viewed.pins.peek();
/** Those of the link; else the pinned losses and some that differ. */
export const chosen = computed<readonly string[]>(
  () =>
    viewed.lines.value ?? [
      ...new Set([...firstPins, "lovaszSoftmax", "boundary", "hausdorffDistance", "metrics.hausdorffDistance"]),
    ],
);
export const titles: Readonly<Record<ErrorName, string>> = {
  falseNegatives: "False negatives",
  falsePositives: "False positives",
  shift: "Shift",
  erosion: "Erosion",
};
/** A colour for each line, far apart on the wheel; dashes tell those of like colour apart. */
export const ink = (name: string) => {
  const at = names.indexOf(name);
  return {
    stroke: `hsl(${(at * 137.5) % 360} 65% ${theme.value === "dark" ? 68 : 40}%)`,
    dash: name.startsWith("metrics.") ? "2 3" : at % 3 === 1 ? "7 3" : "none",
  };
};

export const WIDTH = 420;
export const HEIGHT = 230;

export function series(error: ErrorName, name: string): number[] {
  return points.value
    .filter((each) => each.object === viewed.object.value && each.error === error)
    .map(({ values }) => values[name]);
}
/** To 0 at no error and 1 at the largest change, over all errors: shapes can be compared, and errors too. */
export function scaled(error: ErrorName, name: string): number[] {
  const values = series(error, name);
  if (viewed.values.value === "raw") return values;
  const all = (Object.keys(errors) as ErrorName[]).flatMap((each) => series(each, name)).filter(Number.isFinite),
    start = series("falseNegatives", name)[0],
    most = Math.max(...all.map((value) => Math.abs(value - start)));
  return values.map((value) => (most > 0 ? (value - start) / most : 0));
}
