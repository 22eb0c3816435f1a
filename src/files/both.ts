import { align } from "./axes.js";
import { onGridOf } from "./geometry.js";
import type { Volume } from "./readers/volume.js";
import { afterMap, type Mapped } from "./regions.js";
import type { Settings } from "./settings.js";

interface Paths {
  readonly pred: string;
  readonly target: string;
}

/** A prediction and its target, one over the other. */
export interface Both extends Mapped {
  readonly paths: Paths;
}

/** Lays a prediction over its target; the same settings throughout a run. */
export function bothOf(pred: Volume, target: Volume, paths: Paths, settings: Settings): Both {
  const spacing = settings.spacing === undefined,
    { volume, truth, notes } = settings.ignoreGeometry
      ? { volume: pred, truth: target, notes: [] }
      : onGridOf(pred, target, paths, { spacing }),
    mapped = afterMap(align(volume, truth, paths, settings.axes), paths, settings);
  return { ...mapped, paths, notes: [...mapped.notes, ...notes] };
}
