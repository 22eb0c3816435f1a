// A small U-Net on TensorFlow.js' WebAssembly backend, which has no gradients of convolution and pooling of its own:
// each is a convolution or a pooling again.
import * as tf from "@tensorflow/tfjs-core";
// Registers the gradients of elementwise operations.
import "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-wasm";
import { random } from "../inputs.mjs";

// The plain loops of other backends would round otherwise.
await tf.setBackend("wasm");

/** Stride 1, padded to the same size. The filter's gradient takes channels as samples and samples as channels. */
const convolve = tf.customGrad((x, filter, save) => {
  save([x, filter]);
  const gradFunc = (dy, [x, filter]) => {
    const half = (filter.shape[0] - 1) / 2,
      padding = [
        [0, 0],
        [half, half],
        [half, half],
        [0, 0],
      ],
      turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]),
      slope = tf.conv2d(tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, padding);
    return [tf.conv2d(dy, turned, 1, "same"), tf.transpose(slope, [1, 2, 0, 3])];
  };
  return { value: tf.conv2d(x, filter, 1, "same"), gradFunc };
});

const grown = (x) => tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]]),
  mean = (x) => tf.avgPool(x, 2, 2, "valid");
/** Each is the other's transpose, but for the factor 4. */
const shrink = tf.customGrad((x) => ({ value: mean(x), gradFunc: (dy) => tf.div(grown(dy), 4) })),
  grow = tf.customGrad((x) => ({ value: grown(x), gradFunc: (dy) => tf.mul(mean(dy), 4) }));

/** Each channel of each image with mean 0 and deviation 1. */
function normalise(x) {
  const centred = tf.sub(x, tf.mean(x, [1, 2], true));
  return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), [1, 2], true), 1e-5)));
}

/** He's initial weights: normal, of variance 2 / inputs. */
function initial(shape, next, scale) {
  const deviation = scale * Math.sqrt(2 / (shape[0] * shape[1] * shape[2])),
    normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    count = shape.reduce((a, b) => a * b);
  return tf.tensor(
    Float32Array.from({ length: count }, () => deviation * normal()),
    shape,
  );
}

/**
 * Three levels of 8, 16 and 32 channels. `apply` takes images [B, H, W, 1], sides multiples of 4, and gives `outputs`,
 * logits [B, H, W, channels], with `scales` 2 or 3 also those at a half and a quarter of the size, and `features`
 * [B, H, W, 8], of which `classifier` [channels, 8] and its bias make the first. The same seed gives the same weights,
 * whatever the scales.
 */
export function unet({ seed, channels = 2, scales = 1 }) {
  const next = random(seed),
    weights = [];
  const layer = (size, from, to, scale = 1) => {
    const filter = tf.variable(initial([size, size, from, to], next, scale)),
      bias = tf.variable(tf.zeros([to]));
    weights.push(filter, bias);
    return (x) => tf.add(convolve(x, filter), bias);
  };
  const relu = (size, from, to) => {
    const linear = layer(size, from, to);
    return (x) => tf.relu(linear(x));
  };
  const fine = [relu(3, 1, 8), relu(3, 8, 8)],
    middle = [relu(3, 8, 16), relu(3, 16, 16)],
    coarse = [relu(3, 16, 32), relu(3, 32, 32)],
    up = relu(3, 32 + 16, 16),
    // Normalised, as the features of larger networks are: conditionalBoundary lets others grow without bound.
    last = layer(3, 16 + 8, 8),
    // Small logits at first: some losses are flat where the network is sure.
    heads = [8, 16, 32].slice(0, scales).map((from) => layer(1, from, channels, 0.1));
  const through = (x, layers) => layers.reduce((y, each) => each(y), x);
  const apply = (images) => {
    const a = through(images, fine),
      b = through(shrink(a), middle),
      c = through(shrink(b), coarse),
      d = up(tf.concat([grow(c), b], 3)),
      e = tf.relu(normalise(last(tf.concat([grow(d), a], 3))));
    return { outputs: heads.map((head, i) => head([e, d, c][i])), features: e };
  };
  const classifier = () => {
    const [filter, bias] = weights.slice(2 * (weights.length / 2 - scales));
    return {
      weight: tf.tidy(() => tf.transpose(tf.reshape(filter, [8, channels])).dataSync()),
      bias: bias.dataSync(),
    };
  };
  return { apply, classifier, weights, dispose: () => tf.dispose(weights) };
}
