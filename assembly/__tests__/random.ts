let state: u32 = 1;

/** Starts the sequence anew; a spec calls it once. */
export function seed(value: u32): void {
  state = value;
}

/** Uniform in [0, 1); the same numbers on every machine (mulberry32). */
export function random(): f64 {
  state += 0x6d2b79f5;
  let t = (state ^ (state >>> 15)) * (state | 1);
  t ^= t + (t ^ (t >>> 7)) * (t | 61);
  return <f64>(t ^ (t >>> 14)) / 4294967296.0;
}
