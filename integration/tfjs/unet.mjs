// A small U-Net, and what makes its training on TensorFlow.js' plain JavaScript backend a matter of seconds.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { input, layers, model } from "@tensorflow/tfjs-layers";

/**
 * The gradient of convolution with respect to its filter (NHWC, no dilation) in flat loops; the backend's own is some
 * 20 times slower.
 */
export function filterGradient({ inputs: { x, dy }, backend, attrs: { strides, pad, filterShape } }) {
  const [rows, columns, channels, filters] = filterShape,
    [batch, height, width] = x.shape,
    { outHeight, outWidth, padInfo } = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad),
    [stepY, stepX] = typeof strides === "number" ? [strides, strides] : strides,
    from = backend.data.get(x.dataId).values,
    slope = backend.data.get(dy.dataId).values,
    out = new Float32Array(rows * columns * channels * filters);
  for (let b = 0; b < batch; b++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++) {
        const d = ((b * outHeight + oy) * outWidth + ox) * filters;
        for (let r = 0; r < rows; r++) {
          const iy = oy * stepY + r - padInfo.top;
          if (iy < 0 || iy >= height) continue;
          for (let k = 0; k < columns; k++) {
            const ix = ox * stepX + k - padInfo.left;
            if (ix < 0 || ix >= width) continue;
            const i = ((b * height + iy) * width + ix) * channels;
            let w = (r * columns + k) * channels * filters;
            for (let c = 0; c < channels; c++) {
              const value = from[i + c];
              for (let f = 0; f < filters; f++) out[w++] += value * slope[d + f];
            }
          }
        }
      }
  return backend.makeTensorInfo(filterShape, "float32", out);
}

export function useFastFilterGradient() {
  tf.unregisterKernel("Conv2DBackpropFilter", "cpu");
  tf.registerKernel({ kernelName: "Conv2DBackpropFilter", backendName: "cpu", kernelFunc: filterGradient });
}

/** Two levels: `width` channels at full size, twice as many at half of it; logits of `classes` classes. Seeded. */
export function unet(width = 8, classes = 2) {
  let seed = 1;
  const conv = (x, filters, kernelSize = 3, activation = "relu") =>
    layers
      .conv2d({
        filters,
        kernelSize,
        padding: "same",
        activation,
        kernelInitializer: { className: "HeNormal", config: { seed: seed++ } },
      })
      .apply(x);
  const image = input({ shape: [null, null, 1] }),
    fine = conv(conv(image, width), width),
    coarse = conv(conv(layers.maxPooling2d({ poolSize: 2 }).apply(fine), 2 * width), 2 * width),
    joined = layers.concatenate().apply([fine, layers.upSampling2d({ size: [2, 2] }).apply(coarse)]);
  return model({ inputs: image, outputs: conv(conv(joined, width), classes, 1, "linear") });
}
