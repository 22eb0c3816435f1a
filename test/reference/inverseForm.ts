/**
 * The definition of inverseForm in float64, written out pixel by pixel; its derivatives are left to finite differences.
 */
export interface Weights {
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
  readonly b2: Float32Array;
  readonly w3: Float32Array;
  readonly b3: Float32Array;
}

/** A sample: channels of [height, width], and 1 where a pixel counts. */
export interface Images {
  readonly p: readonly Float64Array[];
  readonly t: readonly ArrayLike<number>[];
  readonly counts: readonly number[];
  readonly height: number;
  readonly width: number;
}

interface Settings {
  readonly size: number;
  readonly downsample: number;
  readonly geodesic: boolean;
}

type Image = (y: number, x: number) => number;

/** Means over blocks. */
function blocks(data: ArrayLike<number>, { height, width }: Images, factor: number): Image {
  return (row, column) => {
    let sum = 0,
      n = 0;
    for (let y = row * factor; y < Math.min(height, (row + 1) * factor); y++) {
      for (let x = column * factor; x < Math.min(width, (column + 1) * factor); x++, n++) sum += data[y * width + x];
    }
    return sum / n;
  };
}

function edgeMap(
  channels: readonly ArrayLike<number>[],
  images: Images,
  { downsample }: Settings,
): { map: Image; height: number; width: number } {
  const height = Math.ceil(images.height / downsample),
    width = Math.ceil(images.width / downsample),
    inside = (n: number, i: number) => Math.min(n - 1, Math.max(0, i)),
    valid = blocks(images.counts, images, downsample),
    means = channels.map((channel) => blocks(channel, images, downsample)),
    share = channels.length === 1 ? 1 : 0.5;
  const map: Image = (y, x) => {
    if (y >= height || x >= width) return 0;
    let sum = 0;
    for (const mean of means) {
      let gx = 0,
        gy = 0;
      for (let i = -1; i <= 1; i++) {
        for (let j = -1; j <= 1; j++) {
          const at = [inside(height, y + i), inside(width, x + j)] as const;
          if (valid(...at) < 1) return 0;
          gx += (j * (2 - Math.abs(i)) * mean(...at)) / 4;
          gy += (i * (2 - Math.abs(j)) * mean(...at)) / 4;
        }
      }
      sum += share * (Math.sqrt(gx * gx + gy * gy + 1e-6) - 1e-3);
    }
    return sum;
  };
  return { map, height, width };
}

function layer(w: ArrayLike<number>, b: ArrayLike<number>, x: readonly number[], rectify: boolean): number[] {
  return Array.from(b, (bias, h) => {
    const sum = x.reduce((s, each, i) => s + w[h * x.length + i] * each, bias);
    return rectify ? Math.max(0, sum) : sum;
  });
}

const network = ({ w1, b1, w2, b2, w3, b3 }: Weights, x: readonly number[]) =>
  layer(w3, b3, layer(w2, b2, layer(w1, b1, x, true), true), false);

function length(d: readonly number[], geodesic: boolean): number {
  if (!geodesic) return Math.hypot(...d);
  const a = 1 + (d[0] + d[4]) / 2,
    b = (d[3] - d[1]) / 2,
    c = (d[0] - d[4]) / 2,
    e = (d[3] + d[1]) / 2,
    log = Math.log(Math.max(1e-12, a * a + b * b));
  return Math.sqrt(0.5 * log ** 2 + 2 * Math.atan2(b, a) ** 2 + 2 * (c * c + e * e) + d[2] ** 2 + d[5] ** 2);
}

/** The sum of a sample's distances, and how many tiles count. */
export function inverseForm(images: Images, weights: Weights, settings: Settings): { sum: number; tiles: number } {
  const { size, geodesic } = settings,
    { map: ours, height, width } = edgeMap(images.p, images, settings),
    { map: theirs } = edgeMap(images.t, images, settings);
  let sum = 0,
    tiles = 0;
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      const cut = (map: Image) =>
        Array.from({ length: size * size }, (_, i) => map(top + Math.floor(i / size), left + (i % size)));
      const p = cut(ours),
        t = cut(theirs);
      if (Math.max(...t) <= 0.1) continue;
      tiles++;
      const there = network(weights, [...p, ...t]),
        back = network(weights, [...t, ...p]);
      sum += length(
        there.map((x, i) => x - back[i]),
        geodesic,
      );
    }
  }
  return { sum, tiles };
}
