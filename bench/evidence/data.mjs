// What the networks are trained on and tested with: images apart, never patches of one image on both sides.
import { readdirSync, readFileSync } from "node:fs";
import { decode } from "fast-png";
import { random } from "../inputs.mjs";

export const SIDE = 128;
const AREA = SIDE * SIDE;

/** Microscopy of nuclei (data/README.md). */
function nuclei(prefix) {
  const folder = new URL("../../data/nucleiHalved/", import.meta.url),
    names = readdirSync(new URL("images", folder)).filter((name) => name.startsWith(prefix)),
    pixels = (kind) =>
      Buffer.concat(names.map((name) => decode(readFileSync(new URL(`${kind}/${name}`, folder))).data));
  return {
    count: names.length,
    images: Float32Array.from(pixels("images"), (x) => x / 255),
    labels: Uint8Array.from(pixels("masks"), (x) => (x > 0 ? 1 : 0)),
  };
}

/** Marks a disc of a vessel around a point. */
function stamp(labels, x, y, radius) {
  const reach = Math.ceil(radius);
  for (let j = Math.floor(y) - reach; j <= y + reach + 1; j++)
    for (let i = Math.floor(x) - reach; i <= x + reach + 1; i++)
      if (i >= 0 && j >= 0 && i < SIDE && j < SIDE && Math.hypot(i - x, j - y) <= radius) labels[j * SIDE + i] = 1;
}

/** Grows a vessel until it leaves the image or is too thin; it turns gently, tapers, and gives off thinner ones. */
function vessel(labels, next, start) {
  let { x, y, heading, radius } = start;
  while (radius > 0.6 && x > -4 && y > -4 && x < SIDE + 4 && y < SIDE + 4) {
    stamp(labels, x, y, radius);
    heading += 0.3 * (next() - 0.5);
    x += Math.cos(heading);
    y += Math.sin(heading);
    radius *= 0.997;
    if (next() < 0.018)
      vessel(labels, next, {
        x,
        y,
        heading: heading + (next() < 0.5 ? -1 : 1) * (0.5 + next() / 2),
        radius: radius * 0.7,
      });
  }
}

/** Branching vessels, 1 to 5 pixels wide, little brighter than the noise of a pixel, on ground that is unevenly lit. */
function vessels(count, seed) {
  const next = random(seed),
    images = new Float32Array(count * AREA),
    labels = new Uint8Array(count * AREA);
  for (let k = 0; k < count; k++) {
    const mask = labels.subarray(k * AREA, (k + 1) * AREA);
    for (let root = 0; root < 3; root++) {
      const side = Math.floor(4 * next()),
        along = SIDE * (0.15 + 0.7 * next()),
        inward = (Math.PI / 2) * side + 0.8 * (next() - 0.5);
      const [x, y] = [
        [0, along],
        [along, 0],
        [SIDE - 1, along],
        [along, SIDE - 1],
      ][side];
      vessel(mask, next, { x, y, heading: inward, radius: 1.6 + 0.9 * next() });
    }
    const contrast = 0.18 + 0.12 * next(),
      [fx, fy, phase] = [0.02 + 0.03 * next(), 0.02 + 0.03 * next(), 6 * next()];
    for (let i = 0; i < AREA; i++) {
      const light = 0.4 + 0.12 * Math.sin(fx * (i % SIDE) + fy * Math.floor(i / SIDE) + phase),
        // The sum of four uniform numbers stands in for a normal one; its deviation is 0.58.
        noise = 0.28 * (next() + next() + next() + next() - 2);
      images[k * AREA + i] = light + contrast * mask[i] + noise;
    }
  }
  return { count, images, labels };
}

/** Each image's numbers with mean 0 and deviation 1, as networks are mostly given them. */
function standardised(part) {
  for (let k = 0; k < part.count; k++) {
    const image = part.images.subarray(k * AREA, (k + 1) * AREA),
      mean = image.reduce((sum, x) => sum + x, 0) / AREA,
      deviation = Math.sqrt(image.reduce((sum, x) => sum + (x - mean) ** 2, 0) / AREA);
    for (let i = 0; i < AREA; i++) image[i] = (image[i] - mean) / deviation;
  }
  return part;
}

/** Each set: { training, heldOut }, of which each { count, images, labels 0 or 1 }. */
export const sets = {
  nuclei: () => ({ training: standardised(nuclei("train")), heldOut: standardised(nuclei("test")) }),
  vessels: () => ({ training: standardised(vessels(8, 101)), heldOut: standardised(vessels(6, 202)) }),
};

/** A batch of square crops at random places, each turned or mirrored at random. */
export function crops({ count, images, labels }, { batch, side }, next) {
  const area = side * side,
    out = { images: new Float32Array(batch * area), labels: new Uint8Array(batch * area) },
    below = (limit) => Math.floor(limit * next());
  for (let b = 0; b < batch; b++) {
    const [item, top, left, symmetry] = [below(count), below(SIDE - side + 1), below(SIDE - side + 1), below(8)];
    for (let i = 0; i < area; i++) {
      let [x, y] = [i % side, Math.floor(i / side)];
      if (symmetry & 1) x = side - 1 - x;
      if (symmetry & 2) y = side - 1 - y;
      if (symmetry & 4) [x, y] = [y, x];
      const from = (item * SIDE + top + y) * SIDE + left + x;
      out.images[b * area + i] = images[from];
      out.labels[b * area + i] = labels[from];
    }
  }
  return out;
}
