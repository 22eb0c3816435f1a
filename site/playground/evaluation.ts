// What losses and metrics say of the picture, kept current: a stroke waits for the quick losses alone; the others, and
// the metrics, are asked of a second worker once those are there, and give way to the next stroke.
import { batch, computed, effect, type Signal, signal } from "@preact/signals";
import { background, kernels } from "./client.js";
import type { Canvas } from "./edits.js";
import { isQuick, losses } from "./losses.js";
import type { LossResult, MetricResult, Surfaces } from "./protocol.js";
import type { Scene } from "./scenes.js";
import { canvas, channel, picture, problem, stroking, version, view, wanted } from "./state.js";

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
/** In ms, of the last change: until the quick losses were drawn, what the kernels took of that, and until all were. */
export const timing = signal<{ readonly quick: number; readonly kernels: number; readonly all: number } | null>(null);

/** The largest gradient of all losses, for a scale that they share. */
const largest = computed(() => Math.max(0, ...[...tiles.values()].map(({ value }) => value?.largest ?? 0)));
const shared = computed(() => view.value.scale === "shared");
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
  slow = false;
/** Whether all losses have answered for the pixels as they are. */
export const settled = (): boolean =>
  !scheduled && !busy && !slow && !stroking.peek() && [...tiles.values()].every((tile) => tile.peek());

function take(results: readonly LossResult[]): void {
  batch(() => {
    for (const result of results) {
      const tile = tileOf(result.name),
        old = tile.peek();
      tile.value = { ...result, before: old?.before, trend: old?.trend ?? [] };
    }
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
  if (slow) background().stop("evaluate");
  const asked = performance.now(),
    ask = { picture: picture(), channel: channel.peek(), whole: view.peek().pins, hidden: hidden(now.scene) },
    of = (some: typeof losses) => some.map(({ name }) => wanted(name, now.scene));
  let computing = 0;
  kernels.ask(
    "evaluate",
    { ...ask, losses: of(quickLosses) },
    ({ losses: results }) => {
      for (const { ms } of results) computing += ms;
      take(results);
    },
    (error) => {
      const quick = performance.now() - asked;
      busy = false;
      problem.value = error ?? null;
      if (again) {
        again = false;
        evaluate();
        return;
      }
      slow = true;
      background().ask(
        "evaluate",
        { ...ask, losses: of(otherLosses) },
        ({ losses: results }) => take(results),
        (failed) => {
          slow = false;
          if (failed) problem.value = failed;
          timing.value = { quick, kernels: computing, all: performance.now() - asked };
          if (!stroking.peek()) keepTrend();
        },
      );
      measure(now);
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

/** Evaluates what changes, once a frame. */
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
    requestAnimationFrame(() => {
      scheduled = false;
      evaluate();
    });
  });
}
