// TensorFlow.js on its wasm backend (SIMD, one thread), channels last: its softmax takes the last axis alone.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { answer } from "./answer.mjs";

const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
setWasmPaths(`${join(dirname(entry))}/`);
setThreadsCount(1);
await tf.setBackend("wasm");
await tf.ready();

/** From planes to pixels, or back. */
function turned(from, [B, C, N], back) {
  const to = new Float32Array(from.length);
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C; c++)
      for (let n = 0; n < N; n++) {
        const plane = (b * C + c) * N + n,
          pixel = (b * N + n) * C + c;
        if (back) to[plane] = from[pixel];
        else to[pixel] = from[plane];
      }
  return to;
}

const losses = {
  crossEntropy: (z, t) => tf.mean(tf.neg(tf.sum(tf.mul(t, tf.logSoftmax(z)), -1))),
  focal(z, t) {
    const u = tf.neg(tf.sum(tf.mul(t, tf.logSoftmax(z)), -1));
    return tf.mean(tf.mul(tf.square(tf.sub(1, tf.exp(tf.neg(u)))), u));
  },
  dice(z, t) {
    const p = tf.softmax(z),
      both = tf.sum(tf.mul(p, t), 1),
      all = tf.add(tf.sum(p, 1), tf.sum(t, 1));
    return tf.mean(tf.sub(1, tf.div(tf.add(tf.mul(2, both), 1e-5), tf.add(all, 1e-5))));
  },
  tversky(z, t) {
    const p = tf.softmax(z),
      both = tf.sum(tf.mul(p, t), 1),
      alarms = tf.sub(tf.sum(p, 1), both),
      misses = tf.sub(tf.sum(t, 1), both),
      all = tf.add(both, tf.add(tf.mul(0.3, alarms), tf.mul(0.7, misses)));
    return tf.mean(tf.sub(1, tf.div(tf.add(both, 1e-5), tf.add(all, 1e-5))));
  },
  boundary: (z, _, map) => tf.mean(tf.mul(tf.softmax(z), map)),
};

await answer(({ loss, shape, logits, labels, map }) => {
  const [B, C, N] = shape,
    z = tf.tensor(turned(logits, shape), [B, N, C]),
    y = tf.tensor(Int32Array.from(labels), [B, N], "int32"),
    w = tf.tensor(turned(map, shape), [B, N, C]),
    [name, soft] = loss.startsWith("soft ") ? [loss.slice(5), true] : [loss, false],
    both = tf.valueAndGrad((x) => losses[name](x, soft ? w : tf.oneHot(y, C).cast("float32"), w));
  return () => {
    const { value, grad } = both(z);
    return {
      value: value.data().then(([number]) => number),
      gradient: () => grad.data().then((numbers) => turned(numbers, shape, true)),
      dispose: () => tf.dispose([value, grad]),
    };
  };
});
