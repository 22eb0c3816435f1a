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
      last = fitting(what);
      bar?.increment(1, { what: last });
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

/** The end of a name, which tells it apart, in what the bar leaves of a line. */
function fitting(name: string): string {
  const room = Math.max((process.stderr.columns || 80) - 60, 8);
  return name.length > room ? `…${name.slice(1 - room)}` : name;
}

async function barOf() {
  // By its default: in the bundle a library of this kind has no other names.
  const { Presets, SingleBar } = (await import("cli-progress")).default;
  return new SingleBar(
    // A run that is stopped leaves the terminal as it is: with its cursor, and lines that wrap.
    { format: "{bar} {value}/{total} {what}", stream: process.stderr, clearOnComplete: true, linewrap: true },
    Presets.shades_classic,
  );
}
