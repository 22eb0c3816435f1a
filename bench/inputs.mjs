// Seeded inputs: labels in blobs, and logits of a network that is right most of the time.

/** mulberry32: 32 bits of state, good enough for test data. */
export function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Labels in blocks of 16 pixels a side and logits that favour them. */
export function inputs(shape, seed = 1) {
  const [B, C, H, W] = shape,
    N = H * W,
    next = random(seed);
  const labels = new Uint8Array(B * N),
    logits = new Float32Array(B * C * N);
  for (let b = 0; b < B; b++) {
    const blocks = Uint8Array.from({ length: Math.ceil(H / 16) * Math.ceil(W / 16) }, () =>
      next() < 0.5 ? 0 : Math.floor(next() * C),
    );
    for (let y = 0; y < H; y++)
      for (let x = 0; x < W; x++) labels[b * N + y * W + x] = blocks[(y >> 4) * Math.ceil(W / 16) + (x >> 4)];
  }
  // The sum of four uniform numbers stands in for a normal one.
  for (let i = 0; i < logits.length; i++) logits[i] = 2 * (next() + next() + next() + next() - 2);
  for (let b = 0; b < B; b++) for (let n = 0; n < N; n++) logits[(b * C + labels[b * N + n]) * N + n] += 3;
  return { pred: { data: logits, shape }, target: { data: labels, shape: [B, H, W] } };
}
