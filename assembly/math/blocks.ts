/**
 * Means over blocks of `factor` pixels a side of a float64 image [height, width] into another; the last blocks of rows
 * and columns may be smaller.
 */
export function blockMeans(image: usize, height: i32, width: i32, factor: i32, means: usize): void {
  for (let top = 0; top < height; top += factor) {
    for (let left = 0; left < width; left += factor, means += 8) {
      const bottom = min(height, top + factor),
        right = min(width, left + factor);
      let sum: f64 = 0;
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) sum += load<f64>(image + ((<usize>(y * width + x)) << 3));
      store<f64>(means, sum / <f64>((bottom - top) * (right - left)));
    }
  }
}

/**
 * The way back for `count` pixels from pixel `first` of an image [height, width] on: each takes its share of its
 * block's slope (float32, `slopes` the block of the image's row `top`).
 */
export function spreadBlocks(
  slopes: usize,
  top: i32,
  height: i32,
  width: i32,
  factor: i32,
  first: i32,
  count: i32,
  to: usize,
): void {
  const columns = (width + factor - 1) / factor;
  let y = first / width,
    x = first % width;
  for (const end = to + ((<usize>count) << 2); to < end; to += 4) {
    const row = y / factor,
      column = x / factor,
      pixels = (min(height, (row + 1) * factor) - row * factor) * (min(width, (column + 1) * factor) - column * factor);
    store<f32>(to, load<f32>(slopes + ((<usize>((row - top / factor) * columns + column)) << 2)) / <f32>pixels);
    if (++x == width) {
      x = 0;
      y++;
    }
  }
}
