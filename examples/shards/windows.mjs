// A volume that is never whole in memory: window n of it, scores of two classes and labels.
const SIZE = [24, 32, 32],
  STRIDE = 16;

/** Windows [first, end) as a batch; here of formulas, in earnest read from disk and predicted by a network. */
export function readWindows(first, end) {
  const [depth, height, width] = SIZE,
    pixels = depth * height * width,
    pred = new Float32Array((end - first) * 2 * pixels),
    labels = new Uint8Array((end - first) * pixels);
  for (let n = first; n < end; n++)
    for (let i = 0; i < pixels; i++) {
      const z = Math.floor(i / (height * width)) + n * STRIDE,
        y = Math.floor(i / width) % height,
        x = i % width,
        inside = (z - 50) ** 2 / 9 + (y - 16) ** 2 + (x - 14) ** 2 < 120;
      labels[(n - first) * pixels + i] = inside ? 1 : 0;
      const at = (n - first) * 2 * pixels + i;
      pred[at] = Math.sin(0.1 * (x + z));
      pred[at + pixels] = (inside ? 1 : -1) + Math.cos(0.3 * (y + z));
    }
  return {
    pred: { data: pred, shape: [end - first, 2, ...SIZE] },
    target: { data: labels, shape: [end - first, ...SIZE] },
  };
}
