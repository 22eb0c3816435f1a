// Masks whose distance transform is measured beside SciPy's.
import { random } from "../inputs.mjs";

/** A sum of waves over its mean: blobs of many sizes. */
function blobs(shape, next) {
  const waves = Array.from({ length: 24 }, () => [...shape.map(() => (next() - 0.5) / 4), 6.283 * next()]);
  const [D, H, W] = [...Array(3 - shape.length).fill(1), ...shape],
    mask = new Uint8Array(D * H * W);
  for (let z = 0, i = 0; z < D; z++)
    for (let y = 0; y < H; y++)
      for (let x = 0; x < W; x++, i++) {
        const at = [z, y, x].slice(3 - shape.length);
        let sum = 0;
        for (const wave of waves) sum += Math.sin(at.reduce((s, p, axis) => s + p * wave[axis], wave.at(-1)));
        mask[i] = sum > 0 ? 1 : 0;
      }
  return mask;
}

const scattered = (share) => (shape, next) =>
  Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, () => (next() < share ? 0 : 1));
/** One object in the middle, a sixth of each axis, 0 or 1 against the rest. */
const object = (inside) => (shape) => {
  const mask = new Uint8Array(shape.reduce((a, b) => a * b));
  for (let i = 0; i < mask.length; i++) {
    let rest = i,
      squares = 0;
    for (const n of shape.toReversed()) {
      squares += ((rest % n) / n - 0.5) ** 2;
      rest = Math.floor(rest / n);
    }
    mask[i] = squares < 1 / 144 ? inside : 1 - inside;
  }
  return mask;
};
const masks = {
  blobs,
  noise: scattered(0.5),
  "one zero in 5,000": scattered(1 / 5000),
  "an object": object(1),
  "around an object": object(0),
};

export const distanceCases = [
  [1024, 1024],
  [96, 96, 96],
].flatMap((shape) => [
  ...Object.keys(masks).map((mask) => ({ mask, shape })),
  { mask: "blobs", shape, spacing: shape.map((_, axis) => 1 + axis / 2) },
]);
export const makeMask = ({ mask, shape }) => masks[mask](shape, random(1));
