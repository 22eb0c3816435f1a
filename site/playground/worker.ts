// The kernels' side: the page itself never evaluates anything.
import { load, metricCatalog, presets, type SegLoss } from "segloss";
import { curves } from "./curves.js";
import { descend } from "./descent.js";
import { evaluate, PART, prepared } from "./gradients.js";
import type { Picture } from "./picture.js";
import { Receiver } from "./picture.js";
import type { Answer, MetricResult, Question, Surfaces, Task, Tasks } from "./protocol.js";
import { required } from "./required.js";
import { speed } from "./timing.js";

const library = load();

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
  // Losses that still compute go between parts, and a new stroke does not wait.
  let ready: MetricResult[] = [],
    since = performance.now();
  for (const metric of metricCatalog) {
    ready.push(score(metric));
    if (performance.now() - since < PART) continue;
    yield { metrics: ready };
    ready = [];
    since = performance.now();
  }
  yield { metrics: ready, surfaces: surfaces(seg, picture, channel, spacing) };
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
  evaluate: async function* (ask) {
    yield* evaluate(await library, ask);
  },
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

const receiver = new Receiver();
const latest = new Map<Task, number>();
/** Gradient maps go over without a copy. */
const given = (part: Answer["part"]): Transferable[] =>
  part && "losses" in part ? part.losses.filter(({ map }) => map.length > 0).map(({ map }) => map.buffer) : [];
const answer = (message: Answer) => self.postMessage(message, { transfer: given(message.part) });

self.onmessage = async ({ data: { id, task, ask } }: MessageEvent<Question>) => {
  latest.set(task, id);
  if (ask === null) return;
  // Before anything waits: rows are of the picture before.
  const whole = "picture" in ask ? { ...ask, picture: receiver.picture(ask.picture) } : ask;
  try {
    for await (const part of tasks[task](whole as never)) {
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
