import { Presets, SingleBar } from "cli-progress";

/** A bar on the error stream, for people only: nothing is drawn where it is not a terminal. */
export function progress(total: number): { tick: (what: string) => void; stop: () => void } {
  const bar = new SingleBar(
    { format: "{bar} {value}/{total} {what}", stream: process.stderr, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  if (process.stderr.isTTY) bar.start(total, 0, { what: "" });
  return { tick: (what) => bar.increment(1, { what }), stop: () => bar.stop() };
}
