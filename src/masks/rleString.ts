import { SegLossError } from "../errors.js";

// A run is written in digits of five bits, the lowest first, as characters from "0" on; 32 is added where more digits
// follow, and 16 in the last one is the sign. From the fourth run on it is the difference to the run before the last
// that is written, which is of the same kind.
const ZERO = 48,
  MORE = 32,
  SIGN = 16;

export function writeRuns(runs: readonly number[]): string {
  let text = "";
  for (let i = 0; i < runs.length; i++) {
    let rest = i > 2 ? runs[i] - runs[i - 2] : runs[i],
      digit: number;
    do {
      digit = rest & (MORE - 1);
      rest = Math.floor(rest / MORE);
      if (digit & SIGN ? rest !== -1 : rest !== 0) digit |= MORE;
      text += String.fromCharCode(ZERO + digit);
    } while (digit & MORE);
  }
  return text;
}

/** The runs of a string or its bytes; whether they make sense is not checked. */
export function readRuns(text: string | Uint8Array, what: string): number[] {
  const runs: number[] = [];
  let run = 0,
    place = 1;
  for (let i = 0; i < text.length; i++) {
    const code = typeof text === "string" ? text.charCodeAt(i) : text[i],
      digit = code - ZERO;
    if (digit < 0 || digit >= 2 * MORE)
      throw new SegLossError(
        "INVALID_TARGET",
        `${what} has the character ${JSON.stringify(String.fromCharCode(code))} at index ${i}, expected "0" to "o"`,
      );
    run += (digit % MORE) * place;
    place *= MORE;
    if (digit & MORE) continue;
    if (digit & SIGN) run -= place;
    runs.push(runs.length > 2 ? run + runs[runs.length - 2] : run);
    run = 0;
    place = 1;
  }
  if (place !== 1) throw new SegLossError("INVALID_TARGET", `${what} ends in the middle of a run`);
  return runs;
}
