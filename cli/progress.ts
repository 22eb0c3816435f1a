export interface Progress {
  readonly tick: (what: string) => void;
  /** Writes a line to the output, above the bar. */
  readonly print: (text: string) => void;
  /** Writes a line to the error stream, above the bar. */
  readonly tell: (text: string) => void;
  /** So many more ticks are to come. */
  readonly expect: (more: number) => void;
  readonly stop: () => void;
}

/** A bar on the error stream, for people only: nothing is drawn, or loaded, where it is not a terminal. */
export async function progress(total: number): Promise<Progress> {
  const bar = process.stderr.isTTY ? await barOf() : undefined;
  let all = total,
    done = 0,
    last = "";
  const start = () => bar?.start(all, done, { what: last });
  // The bar remembers the line it began on, so that what is written in between would be overwritten.
  const above = (write: (text: string) => void) => (text: string) => {
    bar?.stop();
    write(text);
    start();
  };
  start();
  return {
    tick(what) {
      done++;
      last = what;
      bar?.increment(1, { what });
    },
    print: above((text) => console.log(text)),
    tell: above((text) => console.error(text)),
    expect(more) {
      all += more;
      bar?.setTotal(all);
    },
    stop: () => bar?.stop(),
  };
}

async function barOf() {
  const { Presets, SingleBar } = await import("cli-progress");
  return new SingleBar(
    { format: "{bar} {value}/{total} {what}", stream: process.stderr, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
}
