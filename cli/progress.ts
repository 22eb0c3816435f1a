import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  readonly tick: (what: string) => void;
  /** Writes to the output, where the bar may be drawn. */
  readonly print: (text: string) => void;
  /** So many more ticks are to come. */
  readonly expect: (more: number) => void;
  readonly stop: () => void;
}

/** A bar on the error stream, for people only: nothing is drawn where it is not a terminal. */
export function progress(total: number): Progress {
  const bar = new SingleBar(
      { format: "{bar} {value}/{total} {what}", stream: process.stderr, clearOnComplete: true, hideCursor: true },
      Presets.shades_classic,
    ),
    { isTTY } = process.stderr;
  if (isTTY) bar.start(total, 0, { what: "" });
  return {
    tick: (what) => bar.increment(1, { what }),
    print(text) {
      if (isTTY) process.stderr.write("\r\x1b[2K");
      console.log(text);
    },
    expect: (more) => bar.setTotal(bar.getTotal() + more),
    stop: () => bar.stop(),
  };
}
