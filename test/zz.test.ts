import { expect, test } from "vitest";
import { conditionalBoundaryReference, conditionalDefaults } from "./conditionalBoundaryReference";
import { blobs, Random, toChannelsLast } from "./random";
import { seg } from "./support";
import { gradientError, valueError } from "./vectors";
test("fuzz", () => {
  let worstV = 0, worstG = 0, n = 0;
  for (let seed = 1; seed <= 1200; seed++) {
    const r = new Random(seed);
    const C = 2 + r.below(5), B = 1 + r.below(3), H = 1 + r.below(13), W = 1 + r.below(17), F = 1 + r.below(6);
    const N = H * W, labels = blobs(r, B, C, [H, W]);
    const scale = [0.001, 1, 30, 1000][r.below(4)], last = r.below(3) === 0;
    let pred = r.normals(B * C * N, scale);
    for (let b = 0; b < B; b++) for (let i = 0; i < N; i++) pred[(b * C + labels[b*N+i]) * N + i] += 2 * scale;
    const ignore = r.below(2) === 0;
    if (ignore) for (let i = 0; i < labels.length; i++) if (r.next() < 0.15) labels[i] = 255;
    const own = r.below(2) === 0, cls = r.below(2) === 0, bias = r.below(2) === 0;
    const fscale = [1e-5, 1, 100][r.below(3)];
    let features = r.normals(B * F * N, fscale);
    const common = r.below(3) === 0; if (common) features = features.map((x, i) => 0.01 * x + fscale * (1 + (Math.floor(i / N) % F)));
    const weight = r.normals(C * F, 0.7 / fscale), bi = r.normals(C, 0.5);
    const options = { reduction: (["mean", "sum"] as const)[r.below(2)], includeBackground: r.below(3) > 0, classWeights: r.below(2) ? null : Array.from({ length: C }, () => r.below(3) * 0.7), kernelSize: [3, 5, 7][r.below(3)], dilationRatio: [0, 0.005, 0.1, 0.3][r.below(4)], contextWeight: [0, 1, 0.3][r.below(3)], pairWeight: [0, 2][r.below(2)], classificationWeight: [0, 0.2][r.below(2)], correctnessAware: r.below(2) === 0 };
    const ref = conditionalBoundaryReference({ pred, labels: Array.from(labels, (l) => (l === 255 ? -1 : l)), shape: [B, C, H, W], ...(own ? { features, featureCount: F, ...(cls ? { weight, ...(bias ? { bias: bi } : {}) } : {}) } : {}) }, { ...conditionalDefaults, ...options });
    const mv = (t: any) => last ? toChannelsLast(t) : t;
    const loss = seg.conditionalBoundary({ ...options, ignoreIndex: ignore ? 255 : undefined, layout: last ? "channelsLast" : "channelsFirst" } as any);
    const extra = own ? { features: mv({ data: features, shape: [B, F, H, W] }), ...(cls ? { classifierWeight: { data: weight, shape: [C, F] }, ...(bias ? { classifierBias: { data: bi, shape: [C] } } : {}) } : {}) } : {};
    const out = loss.valueAndGrad(mv({ data: pred, shape: [B, C, H, W] }), { data: labels, shape: [B, H, W] }, extra as any);
    expect(loss.value(mv({ data: pred, shape: [B, C, H, W] }), { data: labels, shape: [B, H, W] }, extra as any)).toBe(out.value);
    const rg = last ? toChannelsLast({ data: ref.grad as any, shape: [B, own ? F : C, H, W] }).data : ref.grad;
    const ve = valueError(out.value, ref.value), ge = gradientError(own ? out.grads.features : out.grad, rg);
    if (own && out.grad.some((x) => x !== 0)) throw new Error("grad");
    n++;
    if (!(ve < 1e-6 && ge < 1e-6)) console.log(seed, B, C, H, W, F, JSON.stringify(options), scale, own, cls, bias, fscale, common, out.value, ref.value, ve, ge, Math.max(...ref.grad.map(Math.abs)));
    worstV = Math.max(worstV, ve); worstG = Math.max(worstG, ge);
  }
  console.log(n, worstV, worstG);
}, 600000);
