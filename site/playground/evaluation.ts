// What losses and metrics say of the picture, kept current: a stroke waits for the quick losses alone; the others, and
// the metrics, are asked of a second worker once the hand rests, and give way to the next stroke.
import { batch, computed, effect, type Signal, signal } from "@preact/signals";
import { background, kernels, stopBackground } from "./client.js";
import type { Canvas } from "./edits.js";
import { isQuick, losses } from "./losses.js";
import type { LossResult, MetricResult, Surfaces } from "./protocol.js";
import type { Scene } from "./scenes.js";
import { canvas, changes, channel, picture, problem, stroking, version, view, viewed, wanted } from "./state.js";

export interface Tile extends LossResult {
  /** The value before the last stroke ended, and those before it. */
  readonly before?: number;
  readonly trend: readonly number[];
}
/** A signal for each loss: what reads one is not drawn anew for the others. */
const tiles = new Map<string, Signal<Tile | undefined>>(losses.map(({ name }) => [name, signal()]));
export const tileOf = (name: string): Signal<Tile | undefined> => tiles.get(name) as Signal<Tile | undefined>;
export const answers = (): Record<string, Tile> =>
  Object.fromEntries([...tiles.values()].flatMap(({ value }) => (value ? [[value.name, value]] : [])));

export const metrics = signal<readonly MetricResult[]>([]);
export const surfaces = signal<Surfaces | null>(null);
export interface Timing {
  /** Until the values of the quick losses were in the document. */
  readonly values: number;
  /** Until the frame that shows them, and their gradients, was painted. */
  readonly shown: number;
  /** What the kernels took for them. */
  readonly kernels: number;
  /** Until all losses had answered. */
  readonly all: number;
}
/** Of the last change, in ms since the event that made it. */
export const timing = signal<Timing | null>(null);

/** The largest gradient of all losses, for a scale that they share. */
const largest = computed(() => Math.max(0, ...[...tiles.values()].map(({ value }) => value?.largest ?? 0)));
const shared = computed(() => viewed.scale.value === "shared");
/** Where the colours of a loss's gradient end. */
export const scaleOf = (name: string): number => (shared.value ? largest.value : (tileOf(name).value?.largest ?? 0));

/** Tiles out of sight: of large pictures their value is enough, unless all gradients share a scale. */
export const unseen = signal<ReadonlySet<string>>(new Set());
const hidden = (scene: Scene): string[] =>
  scene.width * scene.height > 128 * 128 && !shared.peek()
    ? [...unseen.peek()].filter((name) => !view.peek().pins.includes(name))
    : [];

const quickLosses = losses.filter(isQuick),
  otherLosses = losses.filter((loss) => !isQuick(loss));
let scheduled = false,
  busy = false,
  again = false,
  slow = false,
  warmed = false,
  turns = 0,
  resting = 0;
/** So long without a change, in ms, and the slow losses begin: on one core they would make the next stroke wait. */
const REST = 30;
/** Between parts of what is slow, in ms: each costs the page a frame. */
const SELDOM = 100;
/** Whether all losses have answered for the pixels as they are. */
export const settled = (): boolean =>
  !scheduled && !busy && !slow && !stroking.peek() && [...tiles.values()].every((tile) => tile.peek());

/** Maps that tiles no longer show, by the worker that they go back to. */
const spare = { quick: [] as LossResult["map"][], slow: [] as LossResult["map"][] };
function take(results: readonly LossResult[], from: keyof typeof spare): void {
  batch(() => {
    for (const result of results) {
      const tile = tileOf(result.name),
        old = tile.peek();
      if (old && old.map.length > 0) spare[from].push(old.map);
      tile.value = { ...result, before: old?.before, trend: old?.trend ?? [] };
    }
  });
}

/** Calls when the next frame is painted: a message waits for what a frame does after its callbacks. */
function painted(then: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      then();
    };
    port2.postMessage(0);
  });
}

function evaluate(): void {
  const now = canvas.peek();
  if (!now) return;
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  clearTimeout(resting);
  const turn = ++turns;
  stopBackground();
  const since = changes.take(),
    ask = { picture: picture(), channel: channel.peek(), whole: view.peek().pins, hidden: hidden(now.scene) },
    of = (some: typeof losses) => some.map(({ name }) => wanted(name, now.scene));
  const took = { values: 0, shown: 0, kernels: 0, all: 0 };
  const others = () =>
    background().ask(
      "evaluate",
      { ...ask, losses: of(otherLosses), spare: spare.slow.splice(0), every: SELDOM },
      ({ losses: results }) => take(results, "slow"),
      (failed) => {
        slow = false;
        if (failed) problem.value = failed;
        timing.value = { ...took, all: performance.now() - since };
        if (!stroking.peek()) keepTrend();
        measure(now);
        if (!warmed) kernels.ask("warm", { ...ask, losses: of(quickLosses), spare: [] }, () => {});
        warmed = true;
      },
    );
  kernels.ask(
    "evaluate",
    { ...ask, losses: of(quickLosses), spare: spare.quick.splice(0) },
    ({ losses: results }) => {
      for (const { ms } of results) took.kernels += ms;
      take(results, "quick");
    },
    (error) => {
      // Parts come before this message, and are written at the end of their own.
      took.values = performance.now() - since;
      // For those who observe; nothing keeps it.
      performance.measure("values", { start: since });
      performance.clearMeasures("values");
      busy = false;
      if (error) problem.value = error;
      if (again) {
        again = false;
        evaluate();
        return;
      }
      slow = true;
      painted(() => {
        if (turn !== turns) return;
        took.shown = performance.now() - since;
        resting = window.setTimeout(others, REST);
      });
    },
  );
}

/** Whether the metrics are of the pixels as they are. */
export const measured = signal(false);
function measure(now: Canvas): void {
  measured.value = false;
  const found = new Map(metrics.peek().map((each) => [each.name, each]));
  background().ask(
    "measure",
    {
      picture: picture(),
      options: now.scene.hasVoid ? { ignoreIndex: 255 } : {},
      spacing: now.scene.spacing ?? null,
      channel: channel.peek(),
      every: SELDOM,
    },
    (part) =>
      batch(() => {
        for (const each of part.metrics) found.set(each.name, each);
        metrics.value = [...found.values()];
        if (!part.surfaces) return;
        surfaces.value = part.surfaces;
        measured.value = true;
      }),
  );
}

/** The values at the end of a stroke become what the next is compared with. */
function keepTrend(): void {
  batch(() => {
    for (const tile of tiles.values()) {
      const now = tile.peek();
      if (!now || Object.is(now.trend.at(-1), now.value)) continue;
      const trend = [...now.trend.slice(-23), now.value];
      tile.value = { ...now, before: trend.at(-2), trend };
    }
  });
}

/** Evaluates what changes, at once: the frame that shows the stroke is drawn while the kernels compute. */
export function startEvaluation(): void {
  let scene: Scene | undefined;
  effect(() => {
    if (canvas.value?.scene === scene) return;
    scene = canvas.value?.scene;
    batch(() => {
      for (const tile of tiles.values()) tile.value = undefined;
      timing.value = null;
    });
  });
  effect(() => {
    if (!stroking.value && settled()) keepTrend();
  });
  effect(() => {
    void version.value;
    void channel.value;
    void unseen.value;
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      evaluate();
    });
  });
}
