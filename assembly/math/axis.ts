/** Bytes of a cell: two numbers of float64. */
export const CELL: usize = 16;

/**
 * One axis of an image that is pooled into cells and looked at through windows. TypeScript writes three of them,
 * slowest first (src/bindings/planes/regionMutualInformation.ts); axes that an image does not have are one pixel long.
 */
@unmanaged
export class Axis {
  pixels: i32;
  stride: i32; // pixels of a cell
  padding: i32; // pixels of the first cell that lie before the image
  cells: i32;
  radius: i32; // cells of a window
  /**
   * Cells in the same place relative to the windows: each of the first and last radius - 1 is a band of its own, all
   * between them are one (windows.ts). Never more than there are cells.
   */
  bands: i32;

  /** A cell's pixels within the image: the first, and the one after the last. */
  @inline from(cell: i32): i32 {
    return max(0, cell * this.stride - this.padding);
  }
  @inline to(cell: i32): i32 {
    return min(this.pixels, (cell + 1) * this.stride - this.padding);
  }
  /** Windows along the axis. */
  @inline windows(): i32 {
    return this.cells - this.radius + 1;
  }
  @inline band(cell: i32): i32 {
    return cell < this.radius ? cell : max(this.radius - 1, cell - this.cells + this.bands);
  }
  /** Cells of the band that is shared; it starts at cell radius - 1. */
  @inline shared(): i32 {
    return this.cells - this.bands + 1;
  }
}

@final
export class axis {
  /** The i-th of three axes that stand one after the other. */
  @inline static of(axes: usize, i: i32): Axis {
    return changetype<Axis>(axes + <usize>i * offsetof<Axis>());
  }
  /** A pixel's share of a cell's mean. */
  @inline static share(axes: usize): f64 {
    return 1 / (<f64>axis.of(axes, 0).stride * <f64>axis.of(axes, 1).stride * <f64>axis.of(axes, 2).stride);
  }
}
