/**
 * What TypeScript says in calls of its own (set...) before the calls that need it. A debug build (npm run build:debug)
 * remembers what was said and of which memory, and stops what comes without it; in the release build, which has no
 * asserts, all of this folds away.
 */
export const enum Said {
  Rows,
  DivergenceError,
  Windows,
  Image,
  Tiles,
  Band,
  Edges,
  Ball,
  Padded,
  InverseForm,
  ConditionalBoundary,
  END,
}

/** Of each whether it was said, and an address in the memory that it speaks of, or 0. */
const table = memory.data((<i32>Said.END) << 3);

export function say(what: Said, at: usize): void {
  if (!ASC_NO_ASSERT) {
    store<u32>(table + ((<usize>what) << 3), 1);
    store<usize>(table + ((<usize>what) << 3), at, 4);
  }
}

export function needs(what: Said): void {
  if (!ASC_NO_ASSERT) assert(load<u32>(table + ((<usize>what) << 3)), "a set... call must come first");
}

/**
 * Only the debug build exports it: these bytes were given back, and nothing that was said of them holds; from 0 on, a
 * whole call is over, and nothing at all does.
 */
export function forget(from: usize, to: usize): void {
  for (let at = table; at < table + ((<usize>Said.END) << 3); at += 8) {
    const address = load<usize>(at, 4);
    if (address >= from && address < to) store<u32>(at, 0);
  }
}
