/**
 * Edge maps of two images at once, a target t and a prediction t + error, both float64 with a border of one pixel that repeats the outermost.
 * E = sqrt(gx^2 + gy^2 + e^2) - e with Sobel's filters over 4. What the prediction's map has more than the target's comes from the filtered
 * error, (dx (2 gx + dx) + dy (2 gy + dy)) / (sum of both roots): subtracting nearly equal maps would leave rounding errors.
 */
@final
@unmanaged
class Edges {
  height: i32;
  width: i32;

  /** Bytes of a bordered row. */
  @inline row(): usize {
    return (<usize>(this.width + 2)) << 3;
  }
}

const edges = changetype<Edges>(memory.data(offsetof<Edges>(), 16));
const E2: f64 = 1e-6;

/** Says what images are filtered; returns the bytes of a bordered one. */
export function setEdges(height: i32, width: i32): usize {
  edges.height = height;
  edges.width = width;
  return edges.row() * <usize>(height + 2);
}

@final
class sobel {
  @inline static x(at: usize, row: usize): f64 {
    return (
      (load<f64>(at - row + 8) - load<f64>(at - row - 8) + 2 * (load<f64>(at + 8) - load<f64>(at - 8)) + load<f64>(at + row + 8) - load<f64>(at + row - 8)) / 4
    );
  }
  @inline static y(at: usize, row: usize): f64 {
    return (
      (load<f64>(at + row - 8) -
        load<f64>(at - row - 8) +
        2 * (load<f64>(at + row) - load<f64>(at - row)) +
        load<f64>(at + row + 8) -
        load<f64>(at - row + 8)) /
      4
    );
  }
}

/** Means over blocks of `factor` pixels a side of a float32 plane [height, width] into a bordered image; the last blocks may be smaller. */
export function blockMeans(plane: usize, height: i32, width: i32, factor: i32, image: usize): void {
  const row = edges.row();
  for (let y = 0; y < edges.height; y++) {
    for (let x = 0; x < edges.width; x++) {
      const bottom = min(height, (y + 1) * factor),
        right = min(width, (x + 1) * factor);
      let sum: f64 = 0;
      for (let i = y * factor; i < bottom; i++) for (let j = x * factor; j < right; j++) sum += <f64>load<f32>(plane + ((<usize>(i * width + j)) << 2));
      store<f64>(image + <usize>(y + 1) * row + ((<usize>(x + 1)) << 3), sum / <f64>((bottom - y * factor) * (right - x * factor)));
    }
  }
  repeatBorder(image);
}

function repeatBorder(image: usize): void {
  const row = edges.row(),
    last = (<usize>edges.width) << 3;
  for (let y = 1; y <= edges.height; y++) {
    const line = image + <usize>y * row;
    store<f64>(line, load<f64>(line + 8));
    store<f64>(line + last + 8, load<f64>(line + last));
  }
  memory.copy(image, image + row, row);
  memory.copy(image + <usize>(edges.height + 1) * row, image + <usize>edges.height * row, row);
}

/** Adds share times the target's edges to `target`, and share times what the prediction's have more to `more`; maps without borders. */
export function addEdges(t: usize, error: usize, share: f64, target: usize, more: usize): void {
  const row = edges.row();
  let pixel: usize = 0;
  for (let y = 1; y <= edges.height; y++) {
    for (let x = 1; x <= edges.width; x++, pixel += 8) {
      const at = <usize>y * row + ((<usize>x) << 3);
      const gx = sobel.x(t + at, row),
        gy = sobel.y(t + at, row),
        dx = sobel.x(error + at, row),
        dy = sobel.y(error + at, row);
      const own = Math.sqrt(gx * gx + gy * gy + E2),
        other = Math.sqrt((gx + dx) * (gx + dx) + (gy + dy) * (gy + dy) + E2);
      store<f64>(target + pixel, load<f64>(target + pixel) + share * (own - 1e-3));
      store<f64>(more + pixel, load<f64>(more + pixel) + (share * (dx * (2 * gx + dx) + dy * (2 * gy + dy))) / (own + other));
    }
  }
}

/** 0 where one of the 3 x 3 blocks about a pixel does not count whole; `valid` is bordered, 1 where all of a block counts. */
export function hideUncounted(valid: usize, map: usize): void {
  const row = edges.row();
  let pixel = map;
  for (let y = 1; y <= edges.height; y++) {
    for (let x = 1; x <= edges.width; x++, pixel += 8) {
      const at = valid + <usize>y * row + ((<usize>x) << 3);
      let least: f64 = 1;
      for (let i = at - row; i <= at + row; i += row) least = Math.min(least, Math.min(load<f64>(i - 8), Math.min(load<f64>(i), load<f64>(i + 8))));
      if (least < 1) store<f64>(pixel, 0);
    }
  }
}

/** The way back to the prediction: `byImage` takes share d/dE_p (gx, gy) / root through the transposed filters, its border folded onto the outermost pixels. */
export function edgesBackward(t: usize, error: usize, share: f64, byMap: usize, byImage: usize): void {
  const row = edges.row();
  memory.fill(byImage, 0, row * <usize>(edges.height + 2));
  let pixel = byMap;
  for (let y = 1; y <= edges.height; y++) {
    for (let x = 1; x <= edges.width; x++, pixel += 8) {
      const slope = share * load<f64>(pixel);
      if (slope == 0) continue;
      const at = <usize>y * row + ((<usize>x) << 3);
      const gx = sobel.x(t + at, row) + sobel.x(error + at, row),
        gy = sobel.y(t + at, row) + sobel.y(error + at, row),
        scale = slope / (4 * Math.sqrt(gx * gx + gy * gy + E2));
      spread(byImage + at, row, scale * gx, scale * gy);
    }
  }
  foldBorder(byImage);
}

/** The transposed filters: a pixel's slopes go to its neighbours. */
function spread(at: usize, row: usize, byX: f64, byY: f64): void {
  put(at - row - 8, -byX - byY);
  put(at - row, -2 * byY);
  put(at - row + 8, byX - byY);
  put(at - 8, -2 * byX);
  put(at + 8, 2 * byX);
  put(at + row - 8, byY - byX);
  put(at + row, 2 * byY);
  put(at + row + 8, byX + byY);
}

function put(at: usize, amount: f64): void {
  store<f64>(at, load<f64>(at) + amount);
}

function foldBorder(image: usize): void {
  const row = edges.row(),
    last = (<usize>edges.width) << 3,
    bottom = image + <usize>edges.height * row;
  for (let x: usize = 0; x < row; x += 8) {
    put(image + row + x, load<f64>(image + x));
    put(bottom + x, load<f64>(bottom + row + x));
  }
  for (let line = image + row; line <= bottom; line += row) {
    put(line + 8, load<f64>(line));
    put(line + last, load<f64>(line + last + 8));
  }
}

/** Shares a bordered image's numbers among the pixels of its blocks, times factor and `valid` (float32), into a float32 plane. */
export function blocksBackward(byImage: usize, height: i32, width: i32, factor: i32, scale: f64, valid: usize, plane: usize): void {
  const row = edges.row();
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const y = i / factor,
        x = j / factor,
        pixels = (min(height, (y + 1) * factor) - y * factor) * (min(width, (x + 1) * factor) - x * factor),
        at = (<usize>(i * width + j)) << 2;
      const slope = (scale * load<f64>(byImage + <usize>(y + 1) * row + ((<usize>(x + 1)) << 3))) / <f64>pixels;
      store<f32>(plane + at, <f32>(slope * <f64>load<f32>(valid + at)));
    }
  }
}
