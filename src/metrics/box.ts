import { count } from "../tensors/shape.js";

/** Dimensions as [depth, height, width], with 1 where there is no axis. */
export type Volume = readonly [depth: number, height: number, width: number];

export function asVolume(spatial: readonly number[]): Volume {
  const [width = 1, height = 1, depth = 1] = [...spatial].reverse();
  return [depth, height, width];
}

/** The smallest box around some pixels; grows. Empty until it holds one. */
export class Box {
  readonly low: [number, number, number] = [Infinity, Infinity, Infinity];
  readonly high: [number, number, number] = [-1, -1, -1];

  /** A whole volume. */
  static around([depth, height, width]: Volume): Box {
    const box = new Box();
    if (depth * height * width === 0) return box;
    box.add(0, 0, 0, width - 1);
    box.add(depth - 1, height - 1, 0, width - 1);
    return box;
  }

  /** Takes in pixels [left, right] of a row. */
  add(z: number, y: number, left: number, right: number): void {
    const { low, high } = this;
    if (z < low[0]) low[0] = z;
    if (z > high[0]) high[0] = z;
    if (y < low[1]) low[1] = y;
    if (y > high[1]) high[1] = y;
    if (left < low[2]) low[2] = left;
    if (right > high[2]) high[2] = right;
  }

  get empty(): boolean {
    return this.high[0] < 0;
  }

  get size(): Volume {
    const along = (axis: 0 | 1 | 2) => (this.empty ? 0 : this.high[axis] - this.low[axis] + 1);
    return [along(0), along(1), along(2)];
  }

  get pixels(): number {
    return count(this.size);
  }

  /** Where in the box the pixels of the volume lie. */
  places([, height, width]: Volume): (i: number) => number {
    const [, rows, length] = this.size,
      [z, y, x] = this.low;
    return (i) => {
      const column = i % width,
        line = (i - column) / width,
        row = line % height;
      return (((line - row) / height - z) * rows + row - y) * length + column - x;
    };
  }

  /** The least box around both. */
  with(other: Box): Box {
    const both = new Box();
    for (const { low, high, empty } of [this, other]) {
      if (empty) continue;
      both.add(low[0], low[1], low[2], high[2]);
      both.add(high[0], high[1], low[2], high[2]);
    }
    return both;
  }

  /** The box with so many pixels more to each side, within the volume. */
  grown(margin: number, volume: Volume): Box {
    if (this.empty || margin === 0) return this;
    const box = new Box(),
      low = this.low.map((n) => Math.max(0, n - margin)),
      high = this.high.map((n, axis) => Math.min(volume[axis] - 1, n + margin));
    box.add(low[0], low[1], low[2], high[2]);
    box.add(high[0], high[1], low[2], high[2]);
    return box;
  }
}
