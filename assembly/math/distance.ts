/**
 * Exact squared Euclidean distance transforms, one axis after another: the lower envelope of parabolas of
 * Felzenszwalb, Huttenlocher, "Distance Transforms of Sampled Functions", 2012, in float64, O(N) per axis.
 * With unit spacing every number is an integer below 2^24 for images up to 2,896 pixels wide, and so exact in float32.
 */
const FAR: f64 = Infinity;

/** One line of `length` float32 numbers `stride` bytes apart; scratch holds three float64 arrays of length + 1. */
function envelope(line: usize, length: i32, stride: usize, spacing: f64, scratch: usize): void {
  const apex = scratch,
    height = apex + ((<usize>(length + 1)) << 3),
    from = height + ((<usize>(length + 1)) << 3);
  let last = -1;
  for (let i = 0; i < length; i++) {
    const f = <f64>load<f32>(line + <usize>i * stride);
    if (f == FAR) continue;
    const x = <f64>i * spacing,
      h = f + x * x;
    let start = -FAR;
    while (last >= 0) {
      const at = (<usize>last) << 3;
      start = (h - load<f64>(height + at)) / (2 * (x - load<f64>(apex + at)));
      if (start > load<f64>(from + at)) break;
      start = -FAR;
      last--;
    }
    last++;
    const at = (<usize>last) << 3;
    store<f64>(apex + at, x);
    store<f64>(height + at, h);
    store<f64>(from + at, start);
  }
  if (last < 0) return;
  store<f64>(from + ((<usize>(last + 1)) << 3), FAR);
  let k: usize = 0;
  for (let i = 0; i < length; i++) {
    const x = <f64>i * spacing;
    while (load<f64>(from + k + 8) < x) k += 8;
    const d = x - load<f64>(apex + k);
    // h - x_k^2 is f again, exactly where both are integers
    store<f32>(line + <usize>i * stride, <f32>(d * d + (load<f64>(height + k) - load<f64>(apex + k) * load<f64>(apex + k))));
  }
}

/** The volume [depth, height, width] of float32 at `data` holds 0 at sources and infinity elsewhere, and squared distances after. */
export function squaredDistance(data: usize, scratch: usize, depth: i32, height: i32, width: i32, dz: f64, dy: f64, dx: f64): void {
  const row = (<usize>width) << 2,
    plane = <usize>height * row;
  for (let z = 0; z < depth; z++) {
    const base = data + <usize>z * plane;
    if (width > 1) for (let y = 0; y < height; y++) envelope(base + <usize>y * row, width, 4, dx, scratch);
    if (height > 1) for (let x = 0; x < width; x++) envelope(base + ((<usize>x) << 2), height, row, dy, scratch);
  }
  if (depth > 1) for (let i: usize = 0; i < plane; i += 4) envelope(data + i, depth, plane, dz, scratch);
}
