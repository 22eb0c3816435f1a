import type { ByteReader, ByteWriter } from "./bytes.js";

/** Bits of a limb; a number adds less than 2^(LIMB + 1) to each of four. */
const LIMB = 24,
  BASE = 2 ** LIMB;
/** Limbs for every float64, from 2^-1074 up, and for 2^64 of the largest. */
const LIMBS = 92;
/** So many additions keep all limbs below 2^53. */
const ROOM = 2 ** 26;

const bits = new DataView(new ArrayBuffer(8));

/**
 * A sum of float64 numbers without rounding: fixed point from the smallest to the largest of them, so that any order
 * gives the same bits. Limbs take many numbers before carries are passed on (Neal, "Fast exact summation using small and
 * large superaccumulators", 2015).
 */
export class ExactSum {
  #limbs: Float64Array | undefined;
  #room = ROOM;
  #nan = false;
  #up = false;
  #down = false;

  add(x: number): void {
    if (x === 0) return;
    if (!Number.isFinite(x)) {
      if (Number.isNaN(x)) this.#nan = true;
      else if (x > 0) this.#up = true;
      else this.#down = true;
      return;
    }
    bits.setFloat64(0, x);
    const high = bits.getUint32(0),
      exponent = (high >>> 20) & 0x7ff,
      // Subnormals have the exponent of the smallest normal numbers, and no leading one.
      place = exponent === 0 ? 0 : exponent - 1,
      mantissa = ((high & 0xfffff) + (exponent === 0 ? 0 : 0x100000)) * 2 ** 32 + bits.getUint32(4),
      first = Math.floor(place / LIMB),
      shift = 2 ** (place % LIMB),
      sign = x < 0 ? -1 : 1;
    this.#limbs ??= new Float64Array(LIMBS);
    let rest = mantissa,
      carry = 0;
    for (let at = first; rest > 0 || carry > 0; at++) {
      const low = rest % BASE,
        shifted = low * shift + carry,
        own = shifted % BASE;
      this.#limbs[at] += sign * own;
      carry = (shifted - own) / BASE;
      rest = (rest - low) / BASE;
    }
    if (--this.#room === 0) this.#carry();
  }

  /** Adds another sum. */
  merge(other: ExactSum): void {
    this.#nan ||= other.#nan;
    this.#up ||= other.#up;
    this.#down ||= other.#down;
    if (!other.#limbs) return;
    other.#carry();
    this.#carry();
    this.#limbs ??= new Float64Array(LIMBS);
    for (let i = 0; i < LIMBS; i++) this.#limbs[i] += other.#limbs[i];
    this.#room--;
  }

  /** Makes all limbs but the last numbers of [0, BASE): the one way to write the sum. */
  #carry(): void {
    this.#room = ROOM;
    const limbs = this.#limbs;
    if (!limbs) return;
    for (let i = 0; i + 1 < LIMBS; i++) {
      const carry = Math.floor(limbs[i] / BASE);
      limbs[i] -= carry * BASE;
      limbs[i + 1] += carry;
    }
  }

  /** Sign and limbs of the absolute value. */
  #absolute(): { readonly negative: boolean; readonly limbs: Float64Array } {
    this.#carry();
    const limbs = this.#limbs?.slice() ?? new Float64Array(0),
      negative = limbs.length > 0 && limbs[LIMBS - 1] < 0;
    if (!negative) return { negative, limbs };
    let carry = 0;
    for (let i = 0; i < LIMBS; i++) {
      const limb = -limbs[i] + carry;
      carry = Math.floor(limb / BASE);
      limbs[i] = limb - carry * BASE;
    }
    return { negative, limbs };
  }

  /** The sum rounded once, to the nearest float64, ties to even; NaN of both infinities. */
  get value(): number {
    if (this.#nan || (this.#up && this.#down)) return Number.NaN;
    if (this.#up || this.#down) return this.#up ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const { negative, limbs } = this.#absolute();
    let top = limbs.length - 1;
    while (top >= 0 && limbs[top] === 0) top--;
    if (top < 0) return 0;
    const size = rounded(limbs, top);
    return negative ? -size : size;
  }

  write(out: ByteWriter): void {
    const { negative, limbs } = this.#absolute();
    let [first, end] = [0, limbs.length];
    while (end > 0 && limbs[end - 1] === 0) end--;
    while (first < end && limbs[first] === 0) first++;
    out.byte((negative ? 1 : 0) + (this.#nan ? 2 : 0) + (this.#up ? 4 : 0) + (this.#down ? 8 : 0));
    out.byte(end - first);
    if (end > first) out.byte(first);
    for (let i = first; i < end; i++)
      for (let shift = 1; shift < BASE; shift *= 256) out.byte((limbs[i] / shift) & 255);
  }

  static read(from: ByteReader): ExactSum {
    const sum = new ExactSum(),
      flags = from.byte(),
      count = from.byte(),
      first = count > 0 ? from.byte() : 0;
    if (flags > 15 || first + count > LIMBS) from.refuse("holds a sum that is none");
    sum.#nan = (flags & 2) !== 0;
    sum.#up = (flags & 4) !== 0;
    sum.#down = (flags & 8) !== 0;
    if (count > 0) sum.#limbs = new Float64Array(LIMBS);
    const sign = flags & 1 ? -1 : 1;
    for (let i = first; sum.#limbs && i < first + count; i++)
      for (let shift = 1; shift < BASE; shift *= 256) sum.#limbs[i] += sign * shift * from.byte();
    sum.#carry();
    return sum;
  }
}

/** Limbs up to `top`, which is not 0, times 2^-1074. */
function rounded(limbs: Float64Array, top: number): number {
  let whole = 0n;
  // 54 bits and more of them: the first of those left out, and whether any below it is 1, say how to round.
  const from = Math.max(0, top - 3);
  for (let i = top; i >= from; i--) whole = (whole << BigInt(LIMB)) | BigInt(limbs[i]);
  let sticky = false;
  for (let i = 0; i < from; i++) sticky ||= limbs[i] !== 0;
  const length = whole.toString(2).length,
    extra = Math.max(0, length - 53),
    below = whole & ((1n << BigInt(extra)) - 1n),
    half = extra > 0 ? 1n << BigInt(extra - 1) : 0n;
  let kept = whole >> BigInt(extra);
  if (extra > 0 && (below > half || (below === half && (sticky || (kept & 1n) === 1n)))) kept++;
  return scaled(Number(kept), from * LIMB + extra);
}

/** m 2^(place - 1074), which is exact or too large; 2^-1074 times 2^2000 is still finite. */
const scaled = (m: number, place: number): number =>
  place < 1023 ? m * 2 ** -1074 * 2 ** place : m * 2 ** (place - 1074);
