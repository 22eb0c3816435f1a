/**
 * Where labels of a plane or volume have neighbours of other labels. Labels are int32, -1 where a pixel does not count;
 * 16 pixels at a time. 64 bytes before the labels and 128 behind them are read, 16 behind the marks written.
 */

@final
class four {
  /** All bits set at the pixels whose labels are those of the neighbours. */
  @inline static same(at: usize, up: usize, down: usize, front: usize, back: usize): v128 {
    const label = v128.load(at);
    return v128.and(
      v128.and(
        v128.and(i32x4.eq(label, v128.load(at - 4)), i32x4.eq(label, v128.load(at + 4))),
        v128.and(i32x4.eq(label, v128.load(up)), i32x4.eq(label, v128.load(down))),
      ),
      v128.and(i32x4.eq(label, v128.load(front)), i32x4.eq(label, v128.load(back))),
    );
  }

  /** All bits set at the pixels that count and whose labels are those to the right and below. */
  @inline static away(at: usize, down: usize): v128 {
    const label = v128.load(at);
    return v128.and(
      v128.and(i32x4.eq(label, v128.load(at + 4)), i32x4.eq(label, v128.load(at + down))),
      i32x4.gt_s(label, i32x4.splat(-1)),
    );
  }

  /** Bytes of 16 pixels: 1 where all bits are set. */
  @inline static bytes(a: v128, b: v128, c: v128, d: v128): v128 {
    return v128.and(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)), i8x16.splat(1));
  }
}

/**
 * Bytes at `marks`: 1 where the neighbours across all faces have the pixel's own label; beyond the end of a real axis
 * (the last `axes`) they have it if `border` says so.
 */
export function interior(
  labels: usize,
  marks: usize,
  axes: i32,
  depth: i32,
  height: i32,
  width: i32,
  border: boolean,
): void {
  const row = (<usize>width) << 2,
    plane = row * <usize>height;
  let at = labels;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++, at += row, marks += <usize>width) {
      const ends = (axes > 1 && (y == 0 || y == height - 1)) || (axes > 2 && (z == 0 || z == depth - 1));
      if (ends && !border) {
        memory.fill(marks, 0, width);
        continue;
      }
      // A pixel beyond the end is the pixel itself.
      const up = y > 0 ? at - row : at,
        down = y < height - 1 ? at + row : at,
        front = z > 0 ? at - plane : at,
        back = z < depth - 1 ? at + plane : at;
      for (let x: usize = 0; x < row; x += 64)
        v128.store(
          marks + (x >> 2),
          four.bytes(
            four.same(at + x, up + x, down + x, front + x, back + x),
            four.same(at + x + 16, up + x + 16, down + x + 16, front + x + 16, back + x + 16),
            four.same(at + x + 32, up + x + 32, down + x + 32, front + x + 32, back + x + 32),
            four.same(at + x + 48, up + x + 48, down + x + 48, front + x + 48, back + x + 48),
          ),
        );
      for (let x: usize = 0; ; x = row - 4) {
        const label = load<i32>(at + x);
        const alike =
          border &&
          (x == 0 || label == load<i32>(at + x - 4)) &&
          (x == row - 4 || label == load<i32>(at + x + 4)) &&
          label == load<i32>(up + x) &&
          label == load<i32>(down + x) &&
          label == load<i32>(front + x) &&
          label == load<i32>(back + x);
        store<u8>(marks + (x >> 2), <u8>alike);
        if (x == row - 4) break;
      }
    }
  }
}

/** Adds to the int32 counts, of label -1 first, how many pixels of each label have a mark of 0. */
export function countUnmarked(labels: usize, marks: usize, counts: usize, count: i32): void {
  for (let i: usize = 0, end = <usize>count; i < end; i += 16) {
    let out = i8x16.bitmask(i8x16.eq(v128.load(marks + i), i8x16.splat(0)));
    if (i + 16 > end) out &= (1 << (<i32>(end - i))) - 1;
    for (; out != 0; out &= out - 1) {
      const at = counts + ((<usize>(load<i32>(labels + ((i + <usize>ctz(out)) << 2)) + 1)) << 2);
      store<i32>(at, load<i32>(at) + 1);
    }
  }
}

/**
 * Bytes at `marks`, of a plane: 0 where the pixel below or to the right has another label and where a pixel does not
 * count, 1 elsewhere. Returns whether a pixel that counts is marked 0.
 */
export function awayFromBoundary(labels: usize, marks: usize, height: i32, width: i32): boolean {
  const row = (<usize>width) << 2,
    first = marks;
  for (let y = 0, at = labels; y < height; y++, at += row, marks += <usize>width) {
    const down = y + 1 < height ? row : 0;
    for (let x: usize = 0; x < row; x += 64)
      v128.store(
        marks + (x >> 2),
        four.bytes(
          four.away(at + x, down),
          four.away(at + x + 16, down),
          four.away(at + x + 32, down),
          four.away(at + x + 48, down),
        ),
      );
    const label = load<i32>(at + row - 4);
    store<u8>(marks + <usize>width - 1, <u8>(label >= 0 && label == load<i32>(at + row - 4 + down)));
  }
  for (let i: usize = 0, end = <usize>height * <usize>width; i < end; i++)
    if (load<u8>(first + i) == 0 && load<i32>(labels + (i << 2)) >= 0) return true;
  return false;
}
