// The loops a competent user would write in plain JavaScript: typed arrays, float64 arithmetic, one softmax per pixel.
// Each takes (z, y, [B, C, N], g), writes the gradient to g and returns the value.

/** Softmax of all pixels into p; returns nothing else, as region losses need all sums before a gradient. */
function softmax(z, [B, C, N], p) {
  for (let b = 0; b < B; b++) {
    for (let n = 0; n < N; n++) {
      const base = b * C * N + n;
      let max = Number.NEGATIVE_INFINITY,
        sum = 0;
      for (let c = 0; c < C; c++) if (z[base + c * N] > max) max = z[base + c * N];
      for (let c = 0; c < C; c++) sum += p[base + c * N] = Math.exp(z[base + c * N] - max);
      for (let c = 0; c < C; c++) p[base + c * N] /= sum;
    }
  }
}

/** value(logP) and slope(logP, p) of the label's class, averaged over pixels. */
const pixelLoss =
  (value, slope) =>
  (z, y, [B, C, N], g) => {
    const scale = 1 / (B * N),
      e = new Float64Array(C);
    let total = 0;
    for (let b = 0; b < B; b++) {
      for (let n = 0; n < N; n++) {
        const base = b * C * N + n,
          label = y[b * N + n];
        let max = Number.NEGATIVE_INFINITY,
          sum = 0;
        for (let c = 0; c < C; c++) if (z[base + c * N] > max) max = z[base + c * N];
        for (let c = 0; c < C; c++) sum += e[c] = Math.exp(z[base + c * N] - max);
        const u = Math.log(sum) - z[base + label * N] + max,
          p = e[label] / sum,
          k = scale * slope(u, p);
        total += value(u, p);
        for (let c = 0; c < C; c++) g[base + c * N] = k * ((c === label ? 1 : 0) - e[c] / sum);
      }
    }
    return total * scale;
  };

/** dL/dp of each class for t = 0 and t = 1 from (I, P, T), and the loss. */
const ratioLoss =
  (ratio) =>
  (z, y, [B, C, N], g) => {
    softmax(z, [B, C, N], g);
    let value = 0;
    const no = new Float64Array(C),
      yes = new Float64Array(C);
    for (let b = 0; b < B; b++) {
      const I = new Float64Array(C),
        P = new Float64Array(C),
        T = new Float64Array(C);
      for (let c = 0; c < C; c++) {
        for (let n = 0; n < N; n++) {
          const p = g[(b * C + c) * N + n];
          P[c] += p;
          if (y[b * N + n] === c) {
            I[c] += p;
            T[c]++;
          }
        }
        const r = ratio(I[c], P[c], T[c]);
        value += r.value / (B * C);
        no[c] = r.byP / (B * C);
        yes[c] = (r.byP + r.byI) / (B * C);
      }
      for (let n = 0; n < N; n++) {
        const base = b * C * N + n,
          label = y[b * N + n];
        let dot = 0;
        for (let c = 0; c < C; c++) dot += g[base + c * N] * (c === label ? yes[c] : no[c]);
        for (let c = 0; c < C; c++) g[base + c * N] *= (c === label ? yes[c] : no[c]) - dot;
      }
    }
    return value;
  };

/** 1 - (n + s) / (d + s) with n = kI I and d = dI I + dP P + dT T. */
const ratio = (kI, dI, dP, dT) => (I, P, T) => {
  const s = 1e-5,
    d = dI * I + dP * P + dT * T + s,
    n = kI * I + s;
  return { value: 1 - n / d, byI: -kI / d + (n * dI) / (d * d), byP: (n * dP) / (d * d) };
};

function generalizedWassersteinDice(z, y, [B, C, N], g) {
  softmax(z, [B, C, N], g);
  const M = Array.from({ length: C }, (_, a) => Float64Array.from({ length: C }, (_, c) => (a === c ? 0 : 1))),
    s = 1e-5;
  let value = 0;
  for (let b = 0; b < B; b++) {
    let tp = 0,
      all = 0;
    for (let n = 0; n < N; n++) {
      const base = b * C * N + n,
        label = y[b * N + n],
        row = M[label];
      let w = 0;
      for (let c = 0; c < C; c++) w += row[c] * g[base + c * N];
      all += w;
      if (label !== 0) tp += 1 - w;
    }
    const d = 2 * tp + all + s,
      num = 2 * tp + s;
    value += (1 - num / d) / B;
    const foreground = (2 / d - num / (d * d)) / B,
      background = num / (d * d) / B;
    for (let n = 0; n < N; n++) {
      const base = b * C * N + n,
        label = y[b * N + n],
        row = M[label],
        k = label === 0 ? background : foreground;
      let dot = 0;
      for (let c = 0; c < C; c++) dot += g[base + c * N] * row[c];
      for (let c = 0; c < C; c++) g[base + c * N] *= k * (row[c] - dot);
    }
  }
  return value;
}

function topK(z, y, [B, C, N], g) {
  const losses = new Float32Array(B * N),
    keep = Math.max(1, Math.floor(B * N * 0.1 + 1e-9));
  for (let b = 0; b < B; b++) {
    for (let n = 0; n < N; n++) {
      const base = b * C * N + n;
      let max = Number.NEGATIVE_INFINITY,
        sum = 0;
      for (let c = 0; c < C; c++) if (z[base + c * N] > max) max = z[base + c * N];
      for (let c = 0; c < C; c++) sum += Math.exp(z[base + c * N] - max);
      losses[b * N + n] = Math.log(sum) + max - z[base + y[b * N + n] * N];
    }
  }
  const border = losses.slice().sort()[B * N - keep];
  g.fill(0);
  let total = 0,
    kept = 0;
  for (let i = 0; i < B * N && kept < keep; i++) {
    if (losses[i] < border) continue;
    const b = Math.floor(i / N),
      base = b * C * N + (i % N);
    let max = Number.NEGATIVE_INFINITY,
      sum = 0;
    for (let c = 0; c < C; c++) if (z[base + c * N] > max) max = z[base + c * N];
    for (let c = 0; c < C; c++) sum += Math.exp(z[base + c * N] - max);
    for (let c = 0; c < C; c++) g[base + c * N] = (Math.exp(z[base + c * N] - max) / sum - (c === y[i] ? 1 : 0)) / keep;
    total += losses[i];
    kept++;
  }
  return total / keep;
}

export const plain = {
  crossEntropy: pixelLoss(
    (u) => u,
    () => -1,
  ),
  focal: pixelLoss(
    (u, p) => (1 - p) ** 2 * u,
    (u, p) => -((1 - p) ** 2 + 2 * (1 - p) * p * u),
  ),
  topK,
  dice: ratioLoss(ratio(2, 0, 1, 1)),
  iou: ratioLoss(ratio(1, -1, 1, 1)),
  tversky: ratioLoss(ratio(1, 0, 0.3, 0.7)),
  generalizedWassersteinDice,
};
