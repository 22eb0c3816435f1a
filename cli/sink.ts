import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

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

/** Whoever reads the output may stop before its end, as `head` does: that is no error. */
export function endQuietly(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
