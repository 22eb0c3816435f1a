import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { type Metric, type MetricName, metricCatalog } from "../../dist/index.js";
import { nifti, npy, workshop } from "./files";
import { seg } from "./library";

const free = (metricCatalog as unknown as readonly Metric[]).filter(
  ({ options }) => !Object.values(options).some((option) => "required" in option),
);
/** Metrics that need no options, and those of them that take scores alone. */
export const names = free.map(({ name }) => name as MetricName),
  ofScores = free.filter(({ scoresOnly }) => scoresOnly).map(({ name }) => name as MetricName);

const pixels = 42;
export const spatial = [6, 7],
  labels = Uint8Array.from({ length: pixels }, (_, i) => (i % 7 < 3 ? (i < 21 ? 1 : 2) : 0)),
  predicted = labels.map((v, i) => (i % 11 === 4 ? (v + 1) % 3 : v)),
  logits = Float32Array.from({ length: 3 * pixels }, (_, k) =>
    predicted[k % pixels] === Math.floor(k / pixels) ? 1.5 : Math.sin(k),
  ),
  mask = labels.map((v) => (v ? 1 : 0)),
  predictedMask = predicted.map((v) => (v ? 1 : 0)),
  greys = predictedMask.map((v, i) => (v ? 128 + i : i));
export const png = (data: Uint8Array) => encode({ data, width: 7, height: 6, channels: 1, depth: 8 }),
  palette: [number, number, number][] = [
    [0, 0, 0],
    [128, 0, 0],
    [0, 128, 0],
  ];

export interface Row {
  item: string;
  metric: string;
  value: number | string;
  perClass: Record<string, number | string>;
}
export type Summed = {
  metric: string;
  class: string;
  mean: number | string;
  median: number | string;
  defined: number;
  infinite: number;
  undefined: number;
  pooled?: number | string;
  missed?: number;
};

/** As JSON has it. */
export const plain = (x: number) => (Number.isFinite(x) ? x : String(x));
/** What a metric says of one image, of the labels that are told; the mean leaves the background out. */
export function expected(
  name: MetricName,
  pred: Float32Array | Uint8Array,
  target: Uint8Array | Int16Array,
  options: object,
  first = 0,
  shape = spatial,
  told: readonly number[] | undefined = undefined,
) {
  const size = shape.reduce((a, b) => a * b, 1),
    predShape = pred instanceof Float32Array ? [1, pred.length / size, ...shape] : [1, ...shape];
  const { perClass, value } = seg.metrics[name](
    { data: pred, shape: predShape },
    { data: target, shape: [1, ...shape] },
    options,
  );
  const entries = Array.from(perClass, (score, i) => [first + i, score] as const).filter(
    ([label]) => told?.includes(label) ?? true,
  );
  const counted = entries.filter(([label, score]) => label > 0 && !Number.isNaN(score)).map(([, score]) => score);
  const isOverall = name === "negativeLogLikelihood";
  return {
    value: plain(
      isOverall ? value : counted.length > 0 ? counted.reduce((a, b) => a + b, 0) / counted.length : Number.NaN,
    ),
    perClass: Object.fromEntries(entries.map(([label, score]) => [String(label), plain(score)])),
  };
}
export const scored = ({ results }: { results: Row[] }) => results.map(({ value, perClass }) => ({ value, perClass }));

/** A folder with these images in every form, and the command line run in it. */
export function scoredFiles() {
  const { file, run } = workshop();
  file("logits.npy", npy("<f4", [3, 6, 7], logits));
  file("labels.png", png(labels));
  file("pred.npy", npy("|u1", spatial, predicted));
  file("mask.png", png(mask));
  file("mask255.png", png(mask.map((v) => 255 * v)));
  file("pred255.png", png(predictedMask.map((v) => 255 * v)));
  file("greys.png", png(greys));
  file(
    "one.npy",
    npy(
      "<f4",
      [1, 6, 7],
      Float32Array.from(predictedMask, (v, i) => (v ? 0.5 : -0.5) - i / 100),
    ),
  );
  file("spaced.nii.gz", gzipSync(nifti(2, 8, [7, 6], [0.5, 2], labels)));
  file(
    "void.npy",
    npy(
      "<i2",
      spatial,
      Int16Array.from(labels, (v, i) => (i % 6 === 0 ? -1 : v)),
    ),
  );
  const json = (line: string) => {
    const { stdout, status, stderr } = run(`score ${line} --json`);
    return {
      status,
      stderr,
      ...(JSON.parse(stdout) as { results: Row[]; summary: Summed[]; failures: { item?: string; message: string }[] }),
    };
  };
  return { file, run, json };
}
