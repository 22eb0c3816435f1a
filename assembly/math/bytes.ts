/**
 * Maps of one byte a pixel, 16 at a time; what follows the last pixel is read and written up to the next multiple of
 * 16.
 */

/** Bytes at `to` stay where those at `from` are the same, and become 255 elsewhere. */
export function keepEqual(to: usize, from: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count; i += 16) {
    const byte = v128.load(to + i);
    v128.store(to + i, v128.or(byte, i8x16.ne(byte, v128.load(from + i))));
  }
}

/** Bytes become 1 where they are `value`, 0 elsewhere. */
export function markEqual(at: usize, value: i32, count: i32): void {
  const wanted = i8x16.splat(<i8>value),
    one = i8x16.splat(1);
  for (let end = at + <usize>count; at < end; at += 16) v128.store(at, v128.and(i8x16.eq(v128.load(at), wanted), one));
}

/**
 * Bytes at `to` become 1 where the float at `from` is above the threshold, 0 elsewhere; true if any of the floats is
 * NaN.
 */
export function markAbove(to: usize, from: usize, threshold: f32, count: i32): boolean {
  const bound = f32x4.splat(threshold),
    one = i8x16.splat(1);
  let unknown = i32x4.splat(0);
  for (let end = to + <usize>count; to < end; to += 16) {
    const a = v128.load(from),
      b = v128.load(from, 16),
      c = v128.load(from, 32),
      d = v128.load(from, 48);
    const low = i16x8.narrow_i32x4_s(f32x4.gt(a, bound), f32x4.gt(b, bound)),
      high = i16x8.narrow_i32x4_s(f32x4.gt(c, bound), f32x4.gt(d, bound));
    v128.store(to, v128.and(i8x16.narrow_i16x8_s(low, high), one));
    unknown = v128.or(
      unknown,
      v128.or(v128.or(f32x4.ne(a, a), f32x4.ne(b, b)), v128.or(f32x4.ne(c, c), f32x4.ne(d, d))),
    );
    from += 64;
  }
  return v128.any_true(unknown);
}

/**
 * Moves the floats at `values` whose byte at `marks` is not 0 to the front, in their order; returns how many there are.
 */
export function gather(values: usize, marks: usize, count: i32): i32 {
  let to = values;
  for (let i: usize = 0, end = <usize>count; i < end; i++) {
    // Marks are few: most come in 16 that are none.
    while (i + 16 <= end && !v128.any_true(v128.load(marks + i))) i += 16;
    if (i >= end || load<u8>(marks + i) == 0) continue;
    store<f32>(to, load<f32>(values + (i << 2)));
    to += 4;
  }
  return <i32>((to - values) >> 2);
}
