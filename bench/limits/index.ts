import { lanes } from "../../assembly/math/lanes";

/** The arithmetic floor: one exponential for each logit. */
export function exponentials(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, lanes.expNegative(v128.load(from + i)));
}

export function copy(from: usize, to: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}
