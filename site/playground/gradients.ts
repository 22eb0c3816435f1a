// Values and gradients of losses, in a worker.
import { catalog, type Declaration, type Loss, type SegLoss } from "segloss";
import { giveBack, pooled, takeBack, whole } from "./maps.js";
import type { Picture } from "./picture.js";
import type { LossResult, Tasks, Wanted } from "./protocol.js";

const declarations = catalog as readonly unknown[] as readonly Declaration[];
type Ask = Tasks["evaluate"]["ask"];

/** Losses and their prepared targets, kept while options and target stay. */
const kept = new Map<string, { key: string; loss: Loss; target: ReturnType<Loss["prepare"]> }>();

export async function prepared(seg: SegLoss, { name, options }: Wanted, picture: Picture) {
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

/** The prediction, and a place for a gradient, in the kernels' own memory: nothing is copied, nothing allocated. */
class Place {
  readonly #shape: readonly number[];
  readonly #pred;
  readonly #grad;
  #held: Picture | undefined;
  constructor(seg: SegLoss, shape: readonly number[]) {
    this.#shape = shape;
    this.#pred = seg.tensor(shape);
    this.#grad = seg.tensor(shape);
  }
  fits(shape: readonly number[]): boolean {
    return this.#shape.join() === shape.join();
  }
  hold(picture: Picture): this {
    if (this.#held !== picture) this.#pred.data.set(picture.logits);
    this.#held = picture;
    return this;
  }
  /** Read anew at each call: when the memory grows, earlier views are cut off. */
  get pred() {
    return { data: this.#pred.data, shape: this.#shape };
  }
  get grad(): Float32Array {
    return this.#grad.data;
  }
  dispose(): void {
    this.#pred.dispose();
    this.#grad.dispose();
  }
}
let place: Place | undefined;
function placeOf(seg: SegLoss, { classes, height, width }: Picture): Place {
  const shape = [1, classes, height, width];
  if (!place?.fits(shape)) {
    place?.dispose();
    place = new Place(seg, shape);
  }
  return place;
}

/** A pause, and usually a part, every so many ms: a part for each loss would cost the page more than the losses do. */
export const PART = 16;

const noMap = { map: new Float32Array(0), mapWidth: 0, mapHeight: 0, largest: 0 };
const cost = new Map<string, number>();

async function one(seg: SegLoss, wanted: Wanted, from: Place, ask: Ask): Promise<LossResult> {
  const { picture, channel, hidden } = ask,
    { height, width } = picture,
    plane = height * width,
    { name } = wanted;
  try {
    const { loss, target } = await prepared(seg, wanted, picture),
      since = performance.now();
    if (hidden.includes(name)) {
      const value = loss.value(from.pred, target);
      return { name, value, ...noMap, ms: performance.now() - since };
    }
    const { value, grad } = loss.valueAndGrad(from.pred, target, { out: from.grad }),
      ms = performance.now() - since,
      map = grad.subarray(channel * plane, (channel + 1) * plane);
    cost.set(name, ms);
    const small = width > 128 && !ask.whole.includes(name);
    return { name, value, ...(small ? pooled : whole)(map, width, height), ms };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { name, value: Number.NaN, ...noMap, ms: 0, error: text };
  }
}

/** What is looked at first, then what is in sight, then the rest; the cheapest first of each. */
function inOrder({ losses, whole, hidden }: Ask): Wanted[] {
  const rank = (name: string) => (whole.includes(name) ? 0 : hidden.includes(name) ? 2 : 1);
  return [...losses].sort((a, b) => rank(a.name) - rank(b.name) || (cost.get(a.name) ?? 0) - (cost.get(b.name) ?? 0));
}

type Part = Tasks["evaluate"]["part"];
type Evaluation = AsyncGenerator<Part | undefined, Part>;
export async function* evaluate(seg: SegLoss, ask: Ask): Evaluation {
  const { every = PART } = ask;
  const ready: LossResult[] = [];
  takeBack(ask.spare);
  let since = performance.now(),
    pause = since,
    from: Place | undefined;
  for (const wanted of inOrder(ask)) {
    // Anew after a pause, in which another question may have had its own pixels here.
    from ??= placeOf(seg, ask.picture).hold(ask.picture);
    ready.push(await one(seg, wanted, from, ask));
    const now = performance.now(),
      full = now - since > every;
    if (!full && now - pause <= PART) continue;
    yield full ? { losses: ready.splice(0) } : undefined;
    from = undefined;
    pause = performance.now();
    if (full) since = pause;
  }
  return { losses: ready };
}

const ROUNDS = 60;
/**
 * Evaluates as strokes will, many times, while nobody waits: engines compile what runs at its best only after many
 * calls, in threads that take the cores from the strokes that make them. A stroke waits for one loss at most.
 */
export async function* warm(seg: SegLoss, ask: Ask): AsyncGenerator<undefined> {
  for (let round = 0; round < ROUNDS; round++) {
    // By turns as it is in sight, and all gradients, for whoever scrolls.
    const asked = round % 2 === 0 ? ask : { ...ask, hidden: [] };
    for (const wanted of ask.losses) {
      const { map } = await one(seg, wanted, placeOf(seg, ask.picture).hold(ask.picture), asked);
      giveBack(map);
      yield undefined;
    }
  }
}
