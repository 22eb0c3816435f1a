/**
 * Boundaries of masks: the pixels of a mask from which a few steps reach a pixel outside it; what is left is the mask
 * eroded so many times. A byte a pixel, 16 at a time, and one axis after another, so that the time hardly depends on
 * the number of steps: the cube of steps to all neighbours is a product of segments, and the distance in steps across
 * faces is a sum of distances along the axes.
 */

/** to = min(to, from + 1). The last vector may overlap the one before: doing it twice changes nothing. */
function relax(to: usize, from: usize, length: usize): void {
  if (length < 16) {
    for (let i: usize = 0; i < length; i++) store<u8>(to + i, min<u32>(load<u8>(to + i), <u32>load<u8>(from + i) + 1));
    return;
  }
  const one = i8x16.splat(1),
    last = length - 16;
  for (let i: usize = 0; ; i = min(i + 16, last)) {
    v128.store(to + i, i8x16.min_u(v128.load(to + i), i8x16.add_sat_u(v128.load(from + i), one)));
    if (i == last) return;
  }
}

/** to = min(to, 1): one step from a row of zeros. */
function cap(to: usize, length: usize): void {
  if (length < 16) {
    for (let i: usize = 0; i < length; i++) store<u8>(to + i, min<u8>(load<u8>(to + i), 1));
    return;
  }
  const one = i8x16.splat(1),
    last = length - 16;
  for (let i: usize = 0; ; i = min(i + 16, last)) {
    v128.store(to + i, i8x16.min_u(v128.load(to + i), one));
    if (i == last) return;
  }
}

/** to = 255 where from is `least` or more, and 0 elsewhere. */
function atLeast(to: usize, from: usize, length: usize, least: u32): void {
  if (length < 16) {
    for (let i: usize = 0; i < length; i++) store<u8>(to + i, load<u8>(from + i) >= least ? 255 : 0);
    return;
  }
  const bound = i8x16.splat(<u8>least),
    last = length - 16;
  for (let i: usize = 0; ; i = min(i + 16, last)) {
    v128.store(to + i, i8x16.ge_u(v128.load(from + i), bound));
    if (i == last) return;
  }
}

function fillVectors(at: usize, end: usize, value: v128): void {
  for (; at < end; at += 16) v128.store(at, value);
}

/**
 * Looks `steps` pixels to both sides within one row of zeros and numbers above `steps`; distances beyond that stay
 * above it.
 */
function faceRow(first: usize, width: usize, steps: i32): void {
  const end = first + ((width - 1) & ~15);
  // Windows of 1, 2, 4, ... pixels, and a last one that overlaps: a few passes over a row that stays in the first-level
  // cache.
  for (let reach = 1; reach <= steps; ) {
    const more = min(reach, steps + 1 - reach),
      cost = i8x16.splat(<u8>more),
      shift = <usize>more;
    for (let x = first; x <= end; x += 16)
      v128.store(x, i8x16.min_u(v128.load(x), i8x16.add_sat_u(v128.load(x + shift), cost)));
    reach += more;
  }
  for (let reach = 1; reach <= steps; ) {
    const more = min(reach, steps + 1 - reach),
      cost = i8x16.splat(<u8>more),
      shift = <usize>more;
    for (let x = end; x >= first; x -= 16)
      v128.store(x, i8x16.min_u(v128.load(x), i8x16.add_sat_u(v128.load(x - shift), cost)));
    reach += more;
  }
}

/** The least of the `steps` pixels to both sides, at the place of the first of them. */
function fullRow(first: usize, width: usize, steps: i32): void {
  const length = 2 * steps + 1,
    end = first + width + ((<usize>steps) << 1);
  for (let reach = 1; reach < length; ) {
    const more = min(reach, length - reach),
      shift = <usize>more;
    for (let x = first; x < end; x += 16) v128.store(x, v128.and(v128.load(x), v128.load(x + shift)));
    reach += more;
  }
}

/** Along the rows; `buffer` takes one with what lies beyond its ends. */
function alongRows(
  data: usize,
  rows: usize,
  width: usize,
  buffer: usize,
  face: boolean,
  steps: i32,
  border: boolean,
): void {
  const beyond = i8x16.splat(border ? 0 : -1),
    pad = (<usize>steps + 15) & ~15,
    first = buffer + pad,
    padded = first + ((width + 15) & ~15),
    result = face ? first : first - steps;
  for (let row = data, end = data + rows * width; row < end; row += width) {
    fillVectors(buffer, first, beyond);
    for (let x: usize = 0; x < width; x += 16) v128.store(first + x, v128.load(row + x));
    for (let x = width; x & 15; x++) store<u8>(first + x, border ? 0 : 255);
    fillVectors(padded, padded + pad, beyond);
    if (face) faceRow(first, width, steps);
    else fullRow(result, width, steps);
    memory.copy(row, result, width);
  }
}

/** Along another axis: `groups` times `lines` rows of `stride` bytes, each the neighbour of the next. */
function acrossRows(
  data: usize,
  groups: i32,
  lines: i32,
  stride: usize,
  face: boolean,
  steps: i32,
  border: boolean,
): void {
  const size = <usize>lines * stride;
  for (let base = data, end = data + <usize>groups * size; base < end; base += size) {
    const last = base + size - stride;
    if (border) cap(base, stride);
    for (let row = base + stride; row <= last; row += stride) relax(row, row - stride, stride);
    if (face) {
      if (border) cap(last, stride);
      for (let row = last; row > base; row -= stride) relax(row - stride, row, stride);
      continue;
    }
    // Now a row holds how many pixels before it, itself included, are inside: the window's last row says whether all of
    // it is.
    for (let y = 0; y < lines; y++) {
      const row = base + <usize>y * stride,
        missing = max(0, y + steps - (lines - 1));
      if (missing > 0 && border) memory.fill(row, 0, stride);
      else atLeast(row, row + <usize>(steps - missing) * stride, stride, 2 * steps + 1 - missing);
    }
  }
}

/**
 * Of `mask` [depth, height, width], a byte a pixel, to `out`, 1 at the boundary and 0 elsewhere. The last `axes` axes
 * are real: only beyond their ends is outside, if `border` says so. `face`: steps across faces only. `out` needs 32
 * bytes to spare, `buffer` width + 1024.
 */
export function boundaryMask(
  mask: usize,
  out: usize,
  buffer: usize,
  axes: i32,
  depth: i32,
  height: i32,
  width: i32,
  face: boolean,
  steps: i32,
  border: boolean,
): void {
  const row = <usize>width,
    plane = <usize>height * row,
    size = <usize>depth * plane;
  atLeast(out, mask, size, 1);
  // Counts are bytes: more steps take several erosions.
  for (let left = steps, now = 0; left > 0; left -= now) {
    now = min(left, face ? 254 : 127);
    alongRows(out, <usize>depth * <usize>height, row, buffer, face, now, border);
    if (axes > 1) acrossRows(out, depth, height, row, face, now, border);
    if (axes > 2) acrossRows(out, 1, depth, plane, face, now, border);
    if (face) atLeast(out, out, size, now + 1);
  }
  for (let i: usize = 0; i < size; i += 16) {
    const inside = i8x16.ne(v128.load(mask + i), i8x16.splat(0));
    v128.store(out + i, v128.and(v128.andnot(inside, v128.load(out + i)), i8x16.splat(1)));
  }
}
