import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Where the results go, line by line: standard output, or the file of -o. */
export interface Sink {
  readonly print: (text: string) => void;
  readonly close: () => void;
}

export function openSink(path: string | undefined, toScreen: (text: string) => void = console.log): Sink {
  if (path === undefined) return { print: toScreen, close: () => {} };
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  return { print: (text) => writeSync(file, `${text}\n`), close: () => closeSync(file) };
}

/** What is written must be none of what is read, or of what else is written: opening a file to write empties it. */
export function refuseOverwriting(
  written: Readonly<Record<string, string | undefined>>,
  read: readonly (string | undefined)[],
): void {
  const taken = new Set(read.flatMap((path) => (path === undefined ? [] : [resolve(path)])));
  const outputs = new Map<string, string>();
  for (const [option, path] of Object.entries(written)) {
    if (path === undefined) continue;
    const own = resolve(path),
      other = outputs.get(own);
    if (taken.has(own)) throw new Error(`${option} ${path}: is one of the files that are read; give another name`);
    if (other !== undefined) throw new Error(`${other} and ${option} both write ${path}; give one another name`);
    outputs.set(own, option);
  }
}

/** Whoever reads the output may stop before its end, as `head` does: that is no error. */
export function endQuietly(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
