import type { SegLoss } from "segloss";
import type { SpeedRow, Tasks } from "./protocol.js";

/** Cross entropy and Dice of a softmax as one would write them in JavaScript: value and gradient, in float64 sums. */
const plain: Record<string, (logits: Float32Array, labels: Uint8Array, classes: number) => Float32Array> = {
  crossEntropy(logits, labels, classes) {
    const plane = labels.length,
      grad = probabilities(logits, classes, plane);
    for (let i = 0; i < plane; i++) grad[labels[i] * plane + i] -= 1;
    for (let i = 0; i < grad.length; i++) grad[i] /= plane;
    return grad;
  },
  dice(logits, labels, classes) {
    const plane = labels.length,
      p = probabilities(logits, classes, plane),
      slope = new Float64Array(2 * classes);
    for (let c = 0; c < classes; c++) {
      let both = 0,
        all = 1e-5;
      for (let i = 0; i < plane; i++) {
        const t = labels[i] === c ? 1 : 0;
        both += p[c * plane + i] * t;
        all += p[c * plane + i] + t;
      }
      slope[c] = -2 / all / classes;
      slope[classes + c] = (2 * both + 1e-5) / all / all / classes;
    }
    const grad = new Float32Array(p.length);
    for (let i = 0; i < plane; i++) {
      let mean = 0;
      for (let c = 0; c < classes; c++) {
        grad[c * plane + i] = slope[classes + c] + (labels[i] === c ? slope[c] : 0);
        mean += grad[c * plane + i] * p[c * plane + i];
      }
      for (let c = 0; c < classes; c++) grad[c * plane + i] = p[c * plane + i] * (grad[c * plane + i] - mean);
    }
    return grad;
  },
};

function probabilities(logits: Float32Array, classes: number, plane: number): Float32Array {
  const p = new Float32Array(logits.length);
  for (let i = 0; i < plane; i++) {
    let most = -Infinity,
      sum = 0;
    for (let c = 0; c < classes; c++) most = Math.max(most, logits[c * plane + i]);
    for (let c = 0; c < classes; c++) {
      p[c * plane + i] = Math.exp(logits[c * plane + i] - most);
      sum += p[c * plane + i];
    }
    for (let c = 0; c < classes; c++) p[c * plane + i] /= sum;
  }
  return p;
}

/** The median of runs that last 60 ms together, or of three. */
function median(run: () => unknown): number {
  run();
  const times: number[] = [],
    from = performance.now();
  while (times.length < 3 || (performance.now() - from < 60 && times.length < 50)) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Each loss's time for value and gradient with a prepared target, on this machine. */
export async function* speed(
  seg: SegLoss,
  { losses, side, classes }: Tasks["speed"]["ask"],
): AsyncGenerator<{ row: SpeedRow }> {
  const plane = side * side,
    data = new Float32Array(classes * plane).map((_, i) => 3 * Math.sin(i * 0.37)),
    labels = new Uint8Array(plane).map((_, i) => ((i >> 5) + (Math.floor(i / side) >> 5)) % classes),
    pred = { data, shape: [1, classes, side, side] };
  await seg.loadInverseForm(new URL("inverse-form.bin", location.href));
  for (const { name, options } of losses) {
    const loss = seg.create(name as "dice", options),
      target = loss.prepare({ data: labels, shape: [1, side, side] }),
      ms = median(() => loss.valueAndGrad(pred, target)),
      own = plain[name];
    yield { row: { name, ms, plain: own && median(() => own(data, labels, classes)) } };
  }
}
