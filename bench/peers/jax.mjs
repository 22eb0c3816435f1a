// @jax-js/jax on its wasm device (one thread): jit(valueAndGrad(...)), its fastest form.
import { answer } from "./answer.mjs";

// It asks a browser how many threads there are, and of arrays whether they are a Float16Array.
const navigator = { userAgent: "Node.js", hardwareConcurrency: 1 };
Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
globalThis.Float16Array ??= class Float16Array {};
const jax = await import("@jax-js/jax"),
  { numpy: np, nn, jit, valueAndGrad } = jax;
jax.defaultDevice("wasm");

const oneHot = (y, C) => np.moveaxis(nn.oneHot(y, C), 2, 1);
const logLoss = (z, t) => np.sum(t.mul(nn.logSoftmax(z, 1)), 1).mul(-1);
function dice(z, t) {
  const p = nn.softmax(z, 1),
    both = np.sum(p.ref.mul(t.ref), 2),
    all = np.sum(p, 2).add(np.sum(t, 2));
  return np.mean(both.mul(2).add(1e-5).div(all.add(1e-5)).mul(-1).add(1));
}
const losses = {
  crossEntropy: (C) => (z, y) => np.mean(logLoss(z, oneHot(y, C))),
  "soft crossEntropy": () => (z, _, t) => np.mean(logLoss(z, t)),
  focal: (C) => (z, y) => {
    const u = logLoss(z, oneHot(y, C));
    return np.mean(np.square(np.exp(u.ref.mul(-1)).mul(-1).add(1)).mul(u));
  },
  dice: (C) => (z, y) => dice(z, oneHot(y, C)),
  "soft dice": () => (z, _, t) => dice(z, t),
  tversky: (C) => (z, y) => {
    const p = nn.softmax(z, 1),
      t = oneHot(y, C),
      both = np.sum(p.ref.mul(t.ref), 2),
      alarms = np.sum(p, 2).sub(both.ref),
      misses = np.sum(t, 2).sub(both.ref),
      all = both.ref.add(alarms.mul(0.3)).add(misses.mul(0.7)).add(1e-5);
    return np.mean(both.add(1e-5).div(all).mul(-1).add(1));
  },
  boundary: () => (z, _, map) => np.mean(nn.softmax(z, 1).mul(map)),
};

await answer(({ loss, shape, logits, labels, map }) => {
  const [B, C, N] = shape,
    z = np.array(logits).reshape(shape),
    y = np.array(Int32Array.from(labels)).reshape([B, N]),
    w = np.array(map).reshape(shape),
    own = losses[loss](C),
    both = jit(valueAndGrad(own));
  return async () => {
    const [value, gradient] = own.length === 3 ? both(z.ref, y.ref, w.ref) : both(z.ref, y.ref);
    await jax.blockUntilReady([value.ref, gradient.ref]);
    return { value: value.data().then(([number]) => number), gradient: () => gradient.data() };
  };
});
