import { type Both, bothOf } from "../src/files/both";
import type { Settings } from "../src/files/settings";
import { readVolume } from "./readers/registry";

/** The last ones read: where there is one pair, looking at all files first costs no second reading. */
let last: { readonly key: string; readonly both: Both } | undefined;

/** Reads a prediction and its target, and lays one over the other; the same settings throughout a run. */
export async function readBoth(pred: string, target: string, settings: Settings): Promise<Both> {
  // A manifest may give each case its own spacing.
  const key = JSON.stringify([pred, target, settings.spacing]);
  if (last?.key === key) return last.both;
  last = undefined;
  const truth = await readVolume(target, settings.reading),
    volume = await readVolume(pred, settings.reading);
  last = { key, both: bothOf(volume, truth, { pred, target }, settings) };
  return last.both;
}
