// Utilities on masks and metrics of label maps: one image and one volume.
import { random } from "./inputs.mjs";

export const maskShapes = [
  [1, 1024, 1024],
  [1, 96, 96, 96],
];

/** Discs and balls of `classes` labels on background; the prediction is the target moved by a few pixels. */
export function maskInputs(shape, classes, seed = 1) {
  const spatial = shape.slice(1),
    next = random(seed),
    target = new Uint8Array(spatial.reduce((a, b) => a * b));
  const balls = Array.from({ length: 12 * (classes - 1) }, (_, i) => ({
    label: 1 + (i % (classes - 1)),
    at: spatial.map((n) => next() * n),
    r: Math.min(...spatial) * (0.04 + 0.08 * next()),
  }));
  const fill = ({ label, at, r }, axis, from, rest) => {
    if (axis === spatial.length) {
      target[from] = label;
      return;
    }
    const half = Math.sqrt(rest);
    for (let x = Math.max(0, Math.ceil(at[axis] - half)); x <= Math.min(spatial[axis] - 1, at[axis] + half); x++)
      fill({ label, at, r }, axis + 1, from * spatial[axis] + x, rest - (x - at[axis]) ** 2);
  };
  for (const ball of balls) fill(ball, 0, 0, ball.r ** 2);
  const pred = target.map((_, i) => target[(i + 5) % target.length]);
  return { pred: { data: pred, shape }, target: { data: target, shape } };
}

/** What is timed: each utility on a mask, each metric on label maps. */
export function maskJobs(seg, shape, metrics) {
  const { target: mask } = maskInputs(shape, 2),
    { pred, target } = maskInputs(shape, 4),
    floats = new Float32Array(mask.data.length),
    bytes = new Uint8Array(mask.data.length);
  return [
    { name: "distanceTransform", run: () => seg.distanceTransform(mask, { out: floats }) },
    { name: "signedDistanceTransform", run: () => seg.signedDistanceTransform(mask, { out: floats }) },
    { name: "boundaryMask", run: () => seg.boundaryMask(mask, { out: bytes }) },
    {
      name: "boundaryMask, full, width 20",
      run: () => seg.boundaryMask(mask, { connectivity: "full", width: 20, out: bytes }),
    },
    // Those of labels; a tolerance has no default.
    ...metrics
      .filter(({ scoresOnly }) => !scoresOnly)
      .map(({ name, options }) => ({ name, options: "required" in (options.tolerance ?? {}) ? { tolerance: 1 } : {} }))
      .map(({ name, options }) => ({
        name: `metrics.${name}, 4 classes`,
        run: () => seg.metrics[name](pred, target, { numClasses: 4, ...options }),
      })),
  ];
}
