// The kernels' side: the page itself never evaluates anything.
import { load } from "segloss";
import { curves } from "./curves.js";
import { descend } from "./descent.js";
import { tensors } from "./given.js";
import { evaluate, prepared, warm } from "./gradients.js";
import { measure } from "./measured.js";
import { Receiver } from "./picture.js";
import type { Answer, PresetRow, Question, Task, Tasks } from "./protocol.js";
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

async function* samePresets(ask: Tasks["presets"]["ask"]): AsyncGenerator<Tasks["presets"]["part"]> {
  const seg = await library,
    { pred, target } = tensors(ask.picture, ask.given),
    probabilities = { data: seg.softmax(pred).data.slice(), shape: pred.shape },
    ignored = ask.ignoreIndex === undefined ? {} : { ignoreIndex: ask.ignoreIndex };
  for (const { name, preset, loss: own, options } of ask.rows) {
    let row: PresetRow;
    try {
      const loss = preset
        ? seg.preset(preset as never, options as never, ignored)
        : seg.create(own as never, options as never);
      let value: number;
      try {
        value = loss.value(pred, target);
      } catch (error) {
        // Libraries whose losses take probabilities get them.
        if (!/probabilities/.test((error as Error).message)) throw error;
        value = loss.value(probabilities, target);
      }
      row = { name, value };
    } catch (error) {
      row = { name, value: Number.NaN, error: (error as Error).message };
    }
    yield { rows: [row] };
  }
}

/** A part that is undefined lets messages in, and is not sent; what is returned is the last part. */
type Parts<T extends Task> = AsyncGenerator<Tasks[T]["part"] | undefined, unknown>;
const tasks: { [T in Task]: (ask: Tasks[T]["ask"]) => Parts<T> } = {
  evaluate: async function* (ask) {
    return yield* evaluate(await library, ask);
  },
  warm: async function* (ask) {
    yield* warm(await library, ask);
  },
  measure: async function* (ask) {
    yield* measure(await library, ask);
  },
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
    const parts = tasks[task](whole as never) as Parts<Task>;
    for (;;) {
      const { value, done } = await parts.next();
      if (latest.get(task) !== id) return;
      // One message says the last part and that it is the last: each waits for the page's thread.
      if (value || done) answer({ id, task, part: value as Answer["part"], done });
      if (done) return;
      await breathe();
      if (latest.get(task) !== id) return;
    }
  } catch (error) {
    answer({ id, task, error: error instanceof Error ? error.message : String(error) });
  }
};
