// Synthetic pairs for inverseForm's network: a shape's hard mask, and the same shape seen through an affine map and
// softened, both as edge maps. The distributions are those the loss is specified with; Borse, Wang, Zhang, Porikli,
// "InverseForm", 2021, train on such warps, too.

/** mulberry32: 32 bits of state, the same numbers on every machine. */
export function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const between = (next, low, high) => low + (high - low) * next();
const normal = (next) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

function blob(next) {
  const box = next() < 0.4,
    [cx, cy, a, b, angle] = [
      between(next, -0.9, 0.9),
      between(next, -0.9, 0.9),
      between(next, 0.25, 0.95),
      between(next, 0.25, 0.95),
      Math.PI * next(),
    ],
    cos = Math.cos(angle),
    sin = Math.sin(angle),
    least = Math.min(a, b);
  return (x, y) => {
    const u = (cos * (x - cx) + sin * (y - cy)) / a,
      v = (cos * (y - cy) - sin * (x - cx)) / b;
    return (1 - (box ? Math.max(Math.abs(u), Math.abs(v)) : Math.sqrt(u * u + v * v))) * least;
  };
}

function waves(next) {
  const parts = Array.from({ length: 6 }, () => [
      normal(next),
      2.2 * normal(next),
      2.2 * normal(next),
      2 * Math.PI * next(),
    ]),
    offset = between(next, -0.8, 0.8);
  return (x, y) => {
    let sum = 0;
    for (let k = 0; k < 6; k++) sum += parts[k][0] * Math.cos(parts[k][1] * x + parts[k][2] * y + parts[k][3]);
    return 0.35 * (sum / Math.sqrt(6) - offset);
  };
}

/** A function of (x, y) in [-1, 1] that is above 0 inside a shape. */
export function shape(next) {
  let level = waves(next);
  if (next() < 0.6) {
    const blobs = Array.from({ length: 1 + Math.floor(3 * next()) }, () => blob(next));
    level = (x, y) => {
      let most = Number.NEGATIVE_INFINITY;
      for (const each of blobs) most = Math.max(most, each(x, y));
      return most;
    };
  }
  const sign = next() < 0.5 ? -1 : 1;
  return (x, y) => sign * level(x, y);
}

export const identity = [1, 0, 0, 0, 1, 0];

/** [I | 0] turned, scaled, sheared and shifted, row by row. */
export function affine(turn, logScale, stretch, shear, dx, dy) {
  const scale = Math.exp(logScale),
    cos = scale * Math.cos(turn),
    sin = scale * Math.sin(turn),
    wide = Math.exp(stretch);
  return [cos * wide, cos * shear - sin, dx, sin * wide, sin * shear + cos, dy];
}

function randomAffine(next) {
  const around = (half) => between(next, -half, half);
  return affine(around(0.35), around(0.22) + around(0.08), around(0.12), around(0.12), around(0.25), around(0.25));
}

/** level seen through theta at the pixels of a tile, through `squash`. */
export function sample(level, theta, size, squash) {
  const image = new Float64Array(size * size);
  for (let i = 0; i < image.length; i++) {
    const x = (2 * (i % size) + 1) / size - 1,
      y = (2 * Math.floor(i / size) + 1) / size - 1;
    image[i] = squash(level(theta[0] * x + theta[1] * y + theta[2], theta[3] * x + theta[4] * y + theta[5]));
  }
  return image;
}

export const hard = (level) => (level > 0 ? 1 : 0);
const soft = (sigma) => (level) => 1 / (1 + Math.exp(-level / sigma));
const randomSoft = (next) => soft(0.004 + 0.05 * next() ** 2);

/** |Sobel| of an image whose border repeats: sqrt(gx^2 + gy^2 + e^2) - e, e = 1e-3. */
export function edges(image, size) {
  const out = new Float32Array(size * size);
  for (let i = 0; i < out.length; i++) {
    const y = Math.floor(i / size),
      x = i % size,
      up = Math.max(0, y - 1) * size,
      mid = y * size,
      down = Math.min(size - 1, y + 1) * size,
      left = Math.max(0, x - 1),
      right = Math.min(size - 1, x + 1);
    const gx =
        (image[up + right] -
          image[up + left] +
          2 * (image[mid + right] - image[mid + left]) +
          image[down + right] -
          image[down + left]) /
        4,
      gy =
        (image[down + left] -
          image[up + left] +
          2 * (image[down + x] - image[up + x]) +
          image[down + right] -
          image[up + right]) /
        4;
    out[i] = Math.sqrt(gx * gx + gy * gy + 1e-6) - 1e-3;
  }
  return out;
}

function sum(list) {
  let total = 0;
  for (let i = 0; i < list.length; i++) total += list[i];
  return total;
}

/** The edge maps of a random pair and the map between them; pairs with hardly an edge are drawn again. */
export function pair(next, size) {
  for (;;) {
    const level = shape(next),
      theta = randomAffine(next),
      target = edges(sample(level, identity, size, hard), size),
      pred = edges(sample(level, theta, size, randomSoft(next)), size);
    if (sum(target) > size && sum(pred) > size / 2)
      return { pred, target, delta: theta.map((x, i) => x - identity[i]) };
  }
}
