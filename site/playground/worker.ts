// The kernels' side: the page itself never evaluates anything.
import { catalog, type Declaration, type Loss, load, metricCatalog, presets, type SegLoss } from "segloss";
import { curves } from "./curves.js";
import { descend } from "./descent.js";
import { isQuick } from "./losses.js";
import type { Answer, LossResult, MetricResult, Picture, Question, Surfaces, Task, Tasks, Wanted } from "./protocol.js";
import { required } from "./required.js";
import { speed } from "./timing.js";

const library = load();
const declarations = catalog as readonly unknown[] as readonly Declaration[];

/** Lets messages in. A timer would wait 4 ms. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

/** Losses and their prepared targets, kept while options and target stay. */
const kept = new Map<string, { key: string; loss: Loss; target: ReturnType<Loss["prepare"]> }>();

async function prepared(seg: SegLoss, { name, options }: Wanted, picture: Picture) {
  const { height, width, targetVersion, classes } = picture,
    key = JSON.stringify([options, targetVersion, classes, height, width], (_, v) => (Number.isNaN(v) ? "NaN" : v)),
    found = kept.get(name);
  if (found?.key === key) return found;
  // The network that inverseForm ships with lies beside the page.
  if (declarations.find((each) => each.name === name)?.asset)
    await seg.loadInverseForm(new URL("inverse-form.bin", location.href));
  const loss = seg.create(name as "dice", options),
    target = loss.prepare({ data: picture.target, shape: [1, height, width] }),
    entry = { key, loss, target };
  kept.set(name, entry);
  return entry;
}

/** The strongest of each 2x2 pixels: thin lines stay in a small picture. */
function pooled(map: Float32Array, width: number, height: number) {
  const w = width >> 1,
    h = height >> 1,
    out = new Float32Array(w * h);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const at = 2 * (y * width + x);
      let best = map[at];
      for (const other of [map[at + 1], map[at + width], map[at + width + 1]])
        if (Math.abs(other) > Math.abs(best)) best = other;
      out[y * w + x] = best;
    }
  return { map: out, mapWidth: w, mapHeight: h };
}

const cost = new Map<string, number>();
const order = (name: string) => (isQuick(name) ? 0 : 1000) + (cost.get(name) ?? 0);

function largestOf(map: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < map.length; i++) {
    const size = Math.abs(map[i]);
    if (size > largest) largest = size;
  }
  return largest;
}

type Tensor = { readonly data: Float32Array; readonly shape: readonly number[] };

const noMap = { map: new Float32Array(0), mapWidth: 0, mapHeight: 0, largest: 0 };

async function one(seg: SegLoss, wanted: Wanted, pred: Tensor, ask: Tasks["evaluate"]["ask"]): Promise<LossResult> {
  const { picture, channel, whole, hidden } = ask,
    { height, width } = picture,
    plane = height * width,
    from = performance.now();
  try {
    const { loss, target } = await prepared(seg, wanted, picture),
      { name } = wanted;
    if (hidden.includes(name)) {
      const value = loss.value(pred, target);
      return { name, value, ...noMap, ms: performance.now() - from };
    }
    const { value, grad } = loss.valueAndGrad(pred, target),
      ms = performance.now() - from,
      map = grad.subarray(channel * plane, (channel + 1) * plane);
    cost.set(name, ms);
    const small = width > 128 && !whole.includes(name),
      shown = small ? pooled(map, width, height) : { map: map.slice(), mapWidth: width, mapHeight: height };
    return { name, value, ...shown, largest: largestOf(shown.map), ms };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { name: wanted.name, value: Number.NaN, ...noMap, ms: 0, error: text };
  }
}

/** The prediction in the kernels' own memory, where all losses read it in place. */
let resident: Tensor | undefined;
function residentOf(seg: SegLoss, { logits, classes, height, width }: Picture): Tensor {
  const shape = [1, classes, height, width];
  if (resident?.shape.join() !== shape.join()) resident = seg.tensor(shape);
  resident.data.set(logits);
  return resident;
}

async function* evaluate(ask: Tasks["evaluate"]["ask"]): AsyncGenerator<Tasks["evaluate"]["part"]> {
  const seg = await library,
    whole = (name: string) => (ask.whole.includes(name) ? 0 : 1);
  const losses = [...ask.losses].sort((a, b) => whole(a.name) - whole(b.name) || order(a.name) - order(b.name));
  let pred: Tensor | undefined,
    ready: LossResult[] = [],
    since = performance.now();
  for (const wanted of losses) {
    // Set anew after a pause, in which others may have had the memory grow.
    pred ??= residentOf(seg, ask.picture);
    ready.push(await one(seg, wanted, pred, ask));
    // A part every so often: one for each loss would cost more than the losses.
    if (performance.now() - since > 12) {
      pred = undefined;
      yield { losses: ready };
      ready = [];
      since = performance.now();
    }
  }
  yield { losses: ready };
}

/** The masks of a class, their surfaces, and the pair of points that the largest distance is measured between. */
function surfaces(seg: SegLoss, picture: Picture, channel: number, spacing: readonly number[] | null): Surfaces {
  const { height, width, classes, logits, target } = picture,
    shape = [1, height, width],
    labels = seg.argmax({ data: logits, shape: [1, classes, height, width] }).data,
    inside = { pred: new Uint8Array(target.length), target: new Uint8Array(target.length) };
  for (let i = 0; i < target.length; i++) {
    inside.pred[i] = labels[i] === channel ? 1 : 0;
    inside.target[i] = target[i] === channel ? 1 : 0;
  }
  const edge = (data: Uint8Array) => Uint8Array.from(seg.boundaryMask({ data, shape }).data);
  const pred = edge(inside.pred),
    truth = edge(inside.target),
    points = (mask: Uint8Array) => {
      const list: [number, number][] = [];
      mask.forEach((on, i) => {
        if (on) list.push([i % width, Math.floor(i / width)]);
      });
      return list;
    };
  const [sy, sx] = spacing ?? [1, 1],
    a = points(pred),
    b = points(truth);
  let pair: Surfaces["pair"],
    worst = 0;
  for (const [side, other] of [
    [a, b],
    [b, a],
  ])
    for (const p of side) {
      let least = Infinity,
        nearest = p;
      for (const q of other) {
        const d = ((p[0] - q[0]) * sx) ** 2 + ((p[1] - q[1]) * sy) ** 2;
        if (d < least) {
          least = d;
          nearest = q;
        }
        if (least <= worst) break;
      }
      if (other.length > 0 && least > worst) {
        worst = least;
        pair = { from: p, to: nearest };
      }
    }
  return { pred, target: truth, pair };
}

async function* measure(ask: Tasks["measure"]["ask"]): AsyncGenerator<Tasks["measure"]["part"]> {
  const seg = await library,
    { picture, options, spacing, channel } = ask,
    { logits, target, classes, height, width } = picture;
  const score = (metric: (typeof metricCatalog)[number]): MetricResult => {
    const { name, options: declared } = metric;
    try {
      const given = { ...required(metric), ...options, ...(spacing && "spacing" in declared ? { spacing } : {}) },
        score = seg.metrics[name](
          { data: logits, shape: [1, classes, height, width] },
          { data: target, shape: [1, height, width] },
          given,
        );
      return { name, value: score.value, perClass: [...score.perClass], labels: score.labels };
    } catch (error) {
      return { name, value: Number.NaN, perClass: [], labels: [], error: (error as Error).message };
    }
  };
  // One at a time: losses that still compute go between them, and a new stroke does not wait.
  for (const metric of metricCatalog) yield { metrics: [score(metric)] };
  yield { metrics: [], surfaces: surfaces(seg, picture, channel, spacing) };
}

async function* samePresets(ask: Tasks["presets"]["ask"]): AsyncGenerator<Tasks["presets"]["part"]> {
  const seg = await library,
    { logits, target, classes, height, width } = ask.picture,
    shape = [1, classes, height, width],
    labels = { data: target, shape: [1, height, width] },
    pred = { data: logits, shape },
    probabilities = { data: seg.softmax(pred).data.slice(), shape },
    tensors = ask.ignoreIndex === undefined ? {} : { ignoreIndex: ask.ignoreIndex };
  for (const { name } of presets) {
    const loss = seg.preset(name, undefined, tensors);
    let row: Tasks["presets"]["part"]["rows"][number];
    try {
      let value: number;
      try {
        value = loss.value(pred, labels);
      } catch (error) {
        // Libraries whose losses take probabilities get them.
        if (!/probabilities/.test((error as Error).message)) throw error;
        value = loss.value(probabilities, labels);
      }
      row = { name, value };
    } catch (error) {
      row = { name, value: Number.NaN, error: (error as Error).message };
    }
    yield { rows: [row] };
  }
}

const tasks: { [T in Task]: (ask: Tasks[T]["ask"]) => AsyncGenerator<Tasks[T]["part"]> } = {
  evaluate,
  measure,
  presets: samePresets,
  curves: async function* () {
    yield* curves(await library);
  },
  descend: async function* (ask) {
    yield* descend(await library, ask, prepared);
  },
  speed: async function* (ask) {
    yield* speed(await library, ask);
  },
};

const latest = new Map<Task, number>();
const answer = (message: Answer) => self.postMessage(message);

self.onmessage = async ({ data: { id, task, ask } }: MessageEvent<Question>) => {
  latest.set(task, id);
  if (ask === null) return;
  try {
    for await (const part of tasks[task](ask as never)) {
      if (latest.get(task) !== id) return;
      answer({ id, task, part });
      await breathe();
      if (latest.get(task) !== id) return;
    }
    answer({ id, task, done: true });
  } catch (error) {
    answer({ id, task, error: error instanceof Error ? error.message : String(error) });
  }
};
