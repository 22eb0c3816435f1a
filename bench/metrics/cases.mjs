// Pairs of label maps to measure metrics on: seeded ones, and what real networks predicted (data/).
import { readFileSync } from "node:fs";
import { decode } from "fast-png";
import { random } from "../inputs.mjs";

/** Ellipsoids of random labels on background, each axis from `least` to `most`; later ones lie over earlier ones. */
function ellipsoids(shape, { labels, number, least, most, seed }) {
  const [depth, height, width] = [...Array(3 - shape.length).fill(1), ...shape],
    next = random(seed),
    map = new Uint16Array(depth * height * width);
  for (let i = 0; i < number; i++) {
    const [z, y, x] = [depth, height, width].map((n) => Math.floor(next() * n)),
      [rz, ry, rx] = [0, 1, 2].map(() => least + (most - least) * next()),
      label = 1 + (i % labels);
    for (let w = Math.max(0, Math.ceil(z - rz)); w <= Math.min(depth - 1, z + rz); w++)
      for (let v = Math.max(0, Math.ceil(y - ry)); v <= Math.min(height - 1, y + ry); v++) {
        const half = rx * Math.sqrt(Math.max(0, 1 - ((w - z) / rz) ** 2 - ((v - y) / ry) ** 2)),
          row = (w * height + v) * width;
        map.fill(label, row + Math.max(0, Math.ceil(x - half)), row + Math.min(width, Math.floor(x + half) + 1));
      }
  }
  return map;
}

/** A prediction: the target moved by two rows and a pixel, with a stray pixel in 20,000. */
function predicted(target, shape, labels, seed) {
  const next = random(seed),
    step = 2 * shape.at(-1) + 1;
  return target.map((_, i) =>
    next() < 1 / 20_000 ? Math.floor(next() * (labels + 1)) : i < step ? 0 : target[i - step],
  );
}

function made(name, shape, spacing, options) {
  const target = ellipsoids(shape, options),
    pred = predicted(target, shape, options.labels, options.seed + 1);
  const narrow = options.labels < 256 ? Uint8Array : Uint16Array;
  return { name, shape, spacing, labels: options.labels, pred: narrow.from(pred), target: narrow.from(target) };
}

/** Every hundredth pixel has one of the ids, wherever it lies: no id has a box smaller than the volume. */
function scattered(name, shape, labels) {
  const next = random(5),
    id = (share) => (next() < share ? 1 + Math.floor(next() * labels) : 0),
    target = new Uint16Array(shape.reduce((a, b) => a * b)).map(() => id(0.01)),
    pred = target.map((label) => (next() < 0.7 ? label : id(0.003)));
  return { name, shape, spacing: shape.map(() => 1), labels, pred, target };
}

/** The numbers of a .npy file, of bytes or of float16 as their bits. */
function readNpy(path, View) {
  const file = readFileSync(path),
    first = 10 + file.readUInt16LE(8);
  return new View(file.buffer.slice(file.byteOffset + first, file.byteOffset + file.length));
}
/** Bits of a float16 in an order that is theirs. */
const ordered = (bits) => (bits & 0x8000 ? -(bits & 0x7fff) : bits);

function nuclei(image) {
  const { data } = decode(readFileSync(`data/nuclei/masks/${image}.png`)),
    scores = readNpy(`data/nuclei/middle/${image}.npy`, Uint16Array);
  return {
    name: `nuclei ${image}, 256x256`,
    shape: [256, 256],
    spacing: [1, 1],
    labels: 1,
    pred: Uint8Array.from(scores, (bits) => (ordered(bits) > 0 ? 1 : 0)),
    target: Uint8Array.from(scores, (_, i) => (data[i] > 0 ? 1 : 0)),
  };
}

export const cases = {
  image: () => made("512x512, 3 classes", [512, 512], [1, 1], { labels: 3, number: 18, least: 20, most: 70, seed: 1 }),
  volume: () =>
    made("256x256x128, 3 classes", [128, 256, 256], [2.5, 0.8, 0.8], {
      labels: 3,
      number: 9,
      least: 15,
      most: 50,
      seed: 2,
    }),
  ids: () =>
    made("256x256x128, 2,000 ids", [128, 256, 256], [1, 1, 1], {
      labels: 2000,
      number: 2000,
      least: 3,
      most: 8,
      seed: 3,
    }),
  scattered: () => scattered("256x256x128, 2,000 ids scattered over 1 % of it", [128, 256, 256], 2000),
  "test-00": () => nuclei("test-00"),
  "test-04": () => nuclei("test-04"),
  "test-06": () => nuclei("test-06"),
};
