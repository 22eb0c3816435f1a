import { align } from "./axes";
import { onGridOf } from "./geometry";
import { readVolume } from "./readers/registry";
import { afterMap, type Mapped } from "./regions";
import type { Settings } from "./settings";

/** A prediction and its target, one over the other. */
export interface Both extends Mapped {
  readonly paths: { readonly pred: string; readonly target: string };
}

/** The last ones read: where there is one pair, looking at all files first costs no second reading. */
let last: (Both & { readonly key: string }) | undefined;

/** Reads a prediction and its target, and lays one over the other; the same settings throughout a run. */
export async function readBoth(pred: string, target: string, settings: Settings): Promise<Both> {
  const paths = { pred, target },
    // A manifest may give each case its own spacing.
    key = JSON.stringify([pred, target, settings.spacing]);
  if (last?.key === key) return last;
  last = undefined;
  const own = await readVolume(target, settings.reading),
    raw = await readVolume(pred, settings.reading),
    spacing = settings.spacing === undefined,
    { volume, truth, notes } = settings.ignoreGeometry
      ? { volume: raw, truth: own, notes: [] }
      : onGridOf(raw, own, paths, { spacing });
  const aligned = afterMap(align(volume, truth, paths, settings.axes), paths, settings);
  last = { ...aligned, paths, key, notes: [...aligned.notes, ...notes] };
  return last;
}
