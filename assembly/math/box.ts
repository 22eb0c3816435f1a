/** Lines, and so many others, each `apart` bytes after the one before, times a factor: whole vectors, also in place. */
function sumLines(first: usize, others: usize, to: usize, bytes: usize, apart: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let i: usize = 0; i < bytes; i += 16) {
    let sum = v128.load(first + i);
    for (let line = 0, at = others + i; line < count; line++, at += apart) sum = f32x4.add(sum, v128.load(at));
    v128.store(to + i, f32x4.mul(sum, factors));
  }
}

/** Pixels of shorter sides are added up one by one: a copy and sums of sums would cost more (measured). */
const WIDE = 20;

/** Whether pixels are added up where they stand: all but those of neighbours in a row, which need zeros around them. */
function inPlace(stride: i32, r: i32): bool {
  return stride !== 1 && 2 * r < WIDE;
}

/** Bytes of boxSums' `line`; a float64, as they may be more than an address. */
export function boxBytes(count: i32, stride: i32, r: i32): f64 {
  return inPlace(stride, r) ? 0 : 4 * <f64>stride * <f64>(count + 2 * r) + 16;
}

/**
 * Along one axis, whose neighbours stand `stride` numbers apart, the sums of the pixels within r of each, times a
 * factor; what lies beyond the ends is 0. Nothing runs on from one pixel to the next, so that zeros stay zeros. A side
 * of n pixels is sums of sums of about √n, and costs 2 √n. Planes need 12 bytes to spare.
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
    reach = <usize>r * step,
    side = 2 * r + 1,
    inner = 2 * r < WIDE ? side : <i32>Math.sqrt(side),
    outer = (side - 1) / inner,
    rest = side - inner * outer,
    group = <usize>inner * step,
    groups = <usize>outer * group,
    ungrouped = line + groups;
  let clean = false;
  for (const end = from + ((<usize>pixels) << 2); from < end; from += axis, to += axis) {
    if (inPlace(stride, r)) {
      for (let i = 0; i < count; i++) {
        const first = max(i - r, 0),
          last = min(i + r, count - 1),
          at = from + <usize>first * step;
        sumLines(at, at + step, to + <usize>i * step, step, step, last - first, factor);
      }
      continue;
    }
    if (!clean) memory.fill(line, 0, axis + 2 * reach + 16);
    clean = outer === 0;
    memory.copy(line + reach, from, axis);
    // A side's last pixels, which are of no group; the sums of all groups, in place; those of the side's groups.
    sumLines(ungrouped, ungrouped + step, to, axis, step, rest - 1, clean ? factor : 1);
    if (clean) continue;
    sumLines(line, line + step, line, axis + groups - group, step, inner - 1, 1);
    sumLines(to, line, to, axis, group, outer, factor);
  }
}
