/** The sum of so many lines, each `apart` bytes after the one before, times a factor. Writes whole vectors. */
function sumLines(from: usize, to: usize, bytes: usize, apart: usize, lines: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let i: usize = 0; i < bytes; i += 16) {
    let at = from + i,
      sum = v128.load(at);
    for (let line = 1; line < lines; line++) {
      at += apart;
      sum = f32x4.add(sum, v128.load(at));
    }
    v128.store(to + i, f32x4.mul(sum, factors));
  }
}

/**
 * Along one axis, whose neighbours stand `stride` numbers apart, the sums of the pixels within r of each, times a
 * factor; what lies beyond the ends is 0. Nothing runs from one pixel to the next, so that zeros stay zeros. Planes
 * need 12 bytes to spare, `line` 4 (count + 2 r) + 16 bytes.
 */
export function boxSums(
  from: usize,
  to: usize,
  line: usize,
  pixels: i32,
  count: i32,
  stride: i32,
  r: i32,
  factor: f32,
): void {
  const step = (<usize>stride) << 2,
    axis = <usize>count * step,
    reach = (<usize>r) << 2;
  if (stride === 1) memory.fill(line, 0, axis + 2 * reach + 16);
  for (const end = from + ((<usize>pixels) << 2); from < end; from += axis, to += axis) {
    if (stride === 1) {
      memory.copy(line + reach, from, axis);
      sumLines(line, to, axis, 4, 2 * r + 1, factor);
      continue;
    }
    for (let i = 0; i < count; i++) {
      const first = max(i - r, 0),
        last = min(i + r, count - 1);
      sumLines(from + <usize>first * step, to + <usize>i * step, step, step, last - first + 1, factor);
    }
  }
}
