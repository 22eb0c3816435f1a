// A small network on pictures of discs, in jax.
import * as jax from "@jax-js/jax";

const { lax, nn, numpy: np } = jax;

/** Numbers that are the same on every machine. */
export function numbers(length, seed, scale = 1) {
  return Float32Array.from({ length }, (_, i) => scale * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
}

export const array = (data, shape) => np.array(data, { shape });

/** 3 x 3 weights to `hidden` channels, then one to one to `classes`. */
export const makeParams = (hidden, classes) => ({
  first: array(numbers(hidden * 9, 1, 0.4), [hidden, 1, 3, 3]),
  second: array(numbers(classes * hidden, 2, 0.4), [classes, hidden, 1, 1]),
  bias: array(numbers(classes, 3, 0.1), [1, classes, 1, 1]),
});

/** A model of these images: params to logits [B, C, H, W]. The images stay the caller's. */
export const modelOf =
  (images) =>
  ({ first, second, bias }) => {
    const hidden = np.tanh(lax.conv(images.ref, first, [1, 1], "SAME"));
    return lax.conv(hidden, second, [1, 1], "VALID").add(bias);
  };

/** Noisy bright discs [B, 1, size, size] on dark ground, and their labels [B, size, size]. */
export function discs(batch, size) {
  const images = numbers(batch * size * size, 4, 0.3),
    labels = new Uint8Array(batch * size * size);
  for (let i = 0; i < labels.length; i++) {
    const b = Math.floor(i / (size * size)),
      row = Math.floor(i / size) % size,
      column = i % size;
    labels[i] = (row - size / 2 - b) ** 2 + (column - size / 2 + b) ** 2 < (size / 3) ** 2 ? 1 : 0;
    images[i] += labels[i];
  }
  return { images: array(images, [batch, 1, size, size]), target: { data: labels, shape: [batch, size, size] } };
}

/** One step of gradient descent; consumes both. */
export const descend = (params, grad, rate) => jax.tree.map((p, g) => p.sub(g.mul(rate)), params, grad);

export const softmaxOf = (logits) => nn.softmax(logits, 1);
