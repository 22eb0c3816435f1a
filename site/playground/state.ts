import { batch, computed, effect, signal } from "@preact/signals";
import { Kernels } from "./client.js";
import { apply, blank, type Canvas, type Edit, type Operation, operations, paint } from "./edits.js";
import { readLink, usualScene, type View, writeLink } from "./link.js";
import { controlled, isQuick, losses, sceneOptions } from "./losses.js";
import type { LossResult, MetricResult, Picture, Surfaces, Wanted } from "./protocol.js";
import { type Scene, type SceneName, scenes } from "./scenes.js";

const opened = readLink(location.hash);

export const view = signal<View>(opened);
/** Changes a part of what the link holds. */
export const show = (part: Partial<View>) => {
  view.value = { ...view.value, ...part };
};

export const embedded = new URLSearchParams(location.search).has("embed");
export const brush = signal({ layer: "prediction" as "prediction" | "truth", label: 1, size: 9, sure: 98 });
export const undone = signal<readonly Edit[]>([]);
export const hovered = signal<{ readonly x: number; readonly y: number } | null>(null);
export const shownMetric = signal<{ readonly surfaces?: "shares" | "distances" } | null>(null);
export const problem = signal<string | null>(null);

/** The picture as it stands; `version` says that it changed. */
export const canvas = signal<Canvas | null>(null);
export const version = signal(0);
export const targetVersion = signal(0);

export interface Tile extends LossResult {
  /** The value before the last stroke ended, and those before it. */
  readonly before?: number;
  readonly trend: readonly number[];
}
export const tiles = signal<ReadonlyMap<string, Tile>>(new Map());
export const metrics = signal<readonly MetricResult[]>([]);
export const surfaces = signal<Surfaces | null>(null);
/** How long the last stroke took until all quick losses, and all losses, were there. */
export const timing = signal<{ readonly quick: number; readonly all: number } | null>(null);

/** The largest gradient of all losses, for a scale that they share. */
export const largest = computed(() => Math.max(0, ...[...tiles.value.values()].map((tile) => tile.largest)));

export const kernels = new Kernels();
let another: Kernels | undefined;
/** A second worker, for what takes longer than a stroke. */
export const background = (): Kernels => {
  another ??= new Kernels();
  return another;
};

export function picture(): Picture {
  const { logits, target, scene } = canvas.value as Canvas,
    { classes, height, width } = scene;
  return { logits, target, targetVersion: targetVersion.value, classes, height, width };
}

/** A loss with the scene's options and the visitor's. */
export function wanted(name: string, scene: Scene): Wanted {
  const declaration = losses.find((each) => each.name === name),
    own = view.value.options[name] ?? {};
  if (!declaration) throw new Error(`no loss ${name}`);
  const known = new Set(controlled(declaration).map(([option]) => option));
  return {
    name,
    options: {
      ...sceneOptions(declaration, scene),
      ...Object.fromEntries(Object.entries(own).filter(([option]) => known.has(option))),
    },
  };
}

/** The class whose gradient is shown: that of the brush, or the first foreground. */
export const channel = computed(() => {
  const label = brush.value.label;
  return label > 0 && label < (canvas.value?.scene.classes ?? 2) ? label : 1;
});

/** Tiles out of sight: of large pictures their value is enough, unless all gradients share a scale. */
export const unseen = signal<ReadonlySet<string>>(new Set());
const hidden = (scene: Scene): string[] =>
  scene.width * scene.height > 128 * 128 && view.peek().scale === "own"
    ? [...unseen.peek()].filter((name) => !view.peek().pins.includes(name))
    : [];

let busy = false,
  again = false,
  asked = 0,
  stroking = false,
  scheduled = false;
/** Whether all losses have answered for the pixels as they are. */
export const settled = (): boolean => tiles.value.size === losses.length && !busy && !scheduled && !stroking;

/** Evaluates all losses; while that runs, what changes is evaluated after it, quick losses first. */
function evaluate(): void {
  const now = canvas.peek();
  if (!now) return;
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  asked = performance.now();
  const left = new Set(losses.filter(({ name }) => isQuick(name)).map(({ name }) => name));
  let quick = 0;
  const finish = () => {
    busy = false;
    if (again) {
      again = false;
      evaluate();
    }
  };
  kernels.ask(
    "evaluate",
    {
      picture: picture(),
      losses: losses.map(({ name }) => wanted(name, now.scene)),
      channel: channel.peek(),
      whole: view.peek().pins,
      hidden: hidden(now.scene),
    },
    ({ losses: results }) => {
      const next = new Map(tiles.peek());
      for (const result of results) {
        const old = next.get(result.name);
        next.set(result.name, { ...result, before: old?.before, trend: old?.trend ?? [] });
        left.delete(result.name);
      }
      tiles.value = next;
      if (left.size === 0 && quick === 0) {
        quick = performance.now() - asked;
        measure(now);
        // A newer stroke waits: the slow losses give way to it.
        if (again) finish();
      }
    },
    (error) => {
      problem.value = error ?? null;
      timing.value = { quick, all: performance.now() - asked };
      if (!stroking) keepTrend();
      finish();
    },
  );
}

/** Metrics give way to the quick losses. */
function measure(now: Canvas): void {
  const found = new Map(metrics.peek().map((each) => [each.name, each]));
  kernels.ask(
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
        if (!part.surfaces) return;
        metrics.value = [...found.values()];
        surfaces.value = part.surfaces;
      }),
  );
}

/** The values at the end of a stroke become what the next is compared with. */
function keepTrend(): void {
  const next = new Map<string, Tile>();
  for (const [name, tile] of tiles.peek()) {
    const trend = tile.trend.at(-1) === tile.value ? tile.trend : [...tile.trend.slice(-23), tile.value];
    next.set(name, { ...tile, before: trend.at(-2), trend });
  }
  tiles.value = next;
}

function changed(target = false): void {
  if (target) targetVersion.value++;
  version.value++;
}

let loading = 0;
/** The scene and the edits of the link, anew. */
async function open(name: SceneName, edits: readonly Edit[]): Promise<void> {
  const number = ++loading;
  try {
    const scene = await scenes[name].make();
    if (number !== loading) return;
    batch(() => {
      const fresh = blank(scene);
      for (const edit of edits) apply(fresh, edit);
      canvas.value = fresh;
      tiles.value = new Map();
      timing.value = null;
      undone.value = [];
      if (brush.peek().label >= scene.classes) brush.value = { ...brush.peek(), label: 1 };
      changed(true);
    });
  } catch (error) {
    problem.value = `${scenes[name].title}: ${(error as Error).message}`;
    if (!canvas.peek()) openScene(usualScene);
  }
}
export function openScene(name: SceneName): void {
  show({ scene: name, edits: [] });
  void open(name, []);
}

function replay(edits: readonly Edit[]): void {
  const now = canvas.peek();
  if (!now) return;
  const fresh = blank(now.scene);
  for (const edit of edits) apply(fresh, edit);
  canvas.value = fresh;
  changed(fresh.target.some((label, i) => label !== now.target[i]));
}

let stroke: Extract<Edit, { kind: "stroke" }> | undefined;
/** A point of a stroke: the first begins it. */
export function draw(x: number, y: number): void {
  const now = canvas.peek();
  if (!now) return;
  if (!stroke) {
    stroking = true;
    stroke = { kind: "stroke", ...brush.peek(), points: [x, y] };
    paint(now, stroke);
  } else {
    const { points } = stroke;
    if (points.at(-2) === x && points.at(-1) === y) return;
    stroke = { ...stroke, points: [...points, x, y] };
    paint(now, stroke, points.length);
  }
  changed(stroke.layer === "truth");
}
export function endStroke(): void {
  if (!stroke) return;
  const done = stroke;
  stroke = undefined;
  stroking = false;
  undone.value = [];
  show({ edits: [...view.peek().edits, done] });
  changed();
}

/** An operation; while its slider moves, the last edit is the one that changes. */
export function operate(kind: Operation, amount: number): void {
  const { edits } = view.peek(),
    last = edits.at(-1),
    others = last?.kind === kind ? edits.slice(0, -1) : edits,
    next = amount === operations[kind].neutral ? others : [...others, { kind, amount }];
  undone.value = [];
  show({ edits: next });
  replay(next);
}
export function undo(): void {
  const { edits } = view.peek(),
    last = edits.at(-1);
  if (!last) return;
  undone.value = [...undone.peek(), last];
  show({ edits: edits.slice(0, -1) });
  replay(edits.slice(0, -1));
}
export function redo(): void {
  const last = undone.peek().at(-1);
  if (!last) return;
  const edits = [...view.peek().edits, last];
  undone.value = undone.peek().slice(0, -1);
  show({ edits });
  replay(edits);
}

export function setOption(loss: string, option: string, value: unknown): void {
  const { options } = view.peek(),
    own = { ...options[loss] };
  if (value === undefined) delete own[option];
  else own[option] = value;
  const next = { ...options, [loss]: own };
  if (Object.keys(own).length === 0) delete next[loss];
  show({ options: next });
  changed();
}
export function pin(name: string): void {
  const { pins } = view.peek();
  show({ pins: pins.includes(name) ? pins.filter((each) => each !== name) : [...pins, name].slice(-2) });
  changed();
}

/** What the page does by itself: evaluates what changed, and keeps the link. */
export function start(): void {
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
  let timer = 0;
  effect(() => {
    const hash = writeLink(view.value);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (location.hash !== hash) history.replaceState(null, "", hash);
    }, 150);
  });
  addEventListener("hashchange", () => {
    const next = readLink(location.hash);
    view.value = next;
    void open(next.scene, next.edits);
  });
  void open(opened.scene, opened.edits);
}
