import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { apply, blank, type Canvas, type Edit, type Operation, operations, paint } from "./edits.js";
import { leftOutOf, readLink, usualScene, type View, writeLink } from "./link.js";
import { controlled, losses, sceneOptions } from "./losses.js";
import type { Picture } from "./picture.js";
import type { Wanted } from "./protocol.js";
import { type Scene, type SceneName, scenes } from "./scenes.js";

const opened = readLink(location.hash);

export const view = signal<View>(opened);
/** A signal of its own, not a computed one: those wake what reads them at every change of the view. */
function part<K extends keyof View>(key: K): ReadonlySignal<View[K]> {
  const own = signal(opened[key]);
  effect(() => {
    own.value = view.value[key];
  });
  return own;
}
/**
 * Parts of it: what reads them is not drawn anew by the end of a stroke, whose edits the view holds. It would ask for a
 * frame, and after a hand's lifting browsers hold a worker's answer back until that frame is painted.
 */
export const viewed = {
  tab: part("tab"),
  scene: part("scene"),
  layer: part("layer"),
  pins: part("pins"),
  options: part("options"),
  scale: part("scale"),
  lines: part("lines"),
  only: part("only"),
  values: part("values"),
  object: part("object"),
  lanes: part("lanes"),
  rate: part("rate"),
  has: part("has"),
  given: part("given"),
};
/** Changes a part of what the link holds. */
export const show = (part: Partial<View>) => {
  view.value = { ...view.value, ...part };
};

export const embedded = new URLSearchParams(location.search).has("embed");
export const brush = signal({ layer: "prediction" as "prediction" | "truth", label: 1, size: 9, sure: 98 });
export const undone = signal<readonly Edit[]>([]);
export const hovered = signal<{ readonly x: number; readonly y: number } | null>(null);
/** The name of the metric whose surfaces are drawn. */
export const shownMetric = signal<string | null>(null);
export const problem = signal<string | null>(null);
/** What the link asked for that is not here. */
export const leftOut = signal(leftOutOf(location.hash, opened));

/** The picture as it stands; `version` says that it changed. */
export const canvas = signal<Canvas | null>(null);
export const version = signal(0);
export const targetVersion = signal(0);

/** Whether the hand is down. */
export const stroking = signal(false);

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
  const isKnown = (option: string) => controlled(declaration).some(([known]) => known === option);
  return {
    name,
    options: {
      ...sceneOptions(declaration, scene),
      ...Object.fromEntries(Object.entries(own).filter(([option]) => isKnown(option))),
    },
  };
}

/** The class whose gradient is shown: that of the brush, or the first foreground. */
export const channel = computed(() => {
  const label = brush.value.label;
  return label > 0 && label < (canvas.value?.scene.classes ?? 2) ? label : 1;
});

/** When the first change was made that has not been evaluated. */
class Changes {
  #since: number | undefined;
  add(at: number): void {
    this.#since ??= at;
  }
  take(): number {
    const since = this.#since ?? performance.now();
    this.#since = undefined;
    return since;
  }
}
export const changes = new Changes();
function changed(target = false, at = performance.now()): void {
  changes.add(at);
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
      undone.value = [];
      if (brush.peek().label >= scene.classes) brush.value = { ...brush.peek(), label: 1 };
      changed(true);
    });
  } catch (error) {
    // The disc is drawn here: it cannot fail.
    openScene(name === usualScene ? "disc" : usualScene);
    problem.value = `${scenes[name].title}: ${(error as Error).message}`;
  }
}
export function openScene(name: SceneName): void {
  endStroke();
  problem.value = null;
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
/** A point of a stroke, and when the hand was there: the first begins it. What changes the picture ends it. */
export function draw(x: number, y: number, at: number): void {
  const now = canvas.peek();
  if (!now) return;
  if (!stroke) {
    stroking.value = true;
    stroke = { kind: "stroke", ...brush.peek(), points: [x, y] };
    paint(now, stroke);
  } else {
    const { points } = stroke;
    if (points.at(-2) === x && points.at(-1) === y) return;
    stroke = { ...stroke, points: [...points, x, y] };
    paint(now, stroke, points.length);
  }
  changed(stroke.layer === "truth", at);
}
export function endStroke(): void {
  if (!stroke) return;
  const done = stroke;
  stroke = undefined;
  batch(() => {
    stroking.value = false;
    undone.value = [];
    show({ edits: [...view.peek().edits, done] });
  });
}

/** An operation; while its slider moves, the last edit is the one that changes. */
export function operate(kind: Operation, amount: number): void {
  endStroke();
  const { edits } = view.peek(),
    last = edits.at(-1),
    others = last?.kind === kind ? edits.slice(0, -1) : edits,
    next = amount === operations[kind].neutral ? others : [...others, { kind, amount }];
  undone.value = [];
  show({ edits: next });
  replay(next);
}
export function undo(): void {
  endStroke();
  const { edits } = view.peek(),
    last = edits.at(-1);
  if (!last) return;
  undone.value = [...undone.peek(), last];
  show({ edits: edits.slice(0, -1) });
  replay(edits.slice(0, -1));
}
export function redo(): void {
  endStroke();
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

/** What the page does by itself: opens what the link says, and keeps the link. */
export function start(): void {
  let timer = 0;
  effect(() => {
    const hash = writeLink(view.value);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (location.hash !== hash) history.replaceState(null, "", hash);
    }, 150);
  });
  addEventListener("hashchange", () => {
    endStroke();
    const next = readLink(location.hash);
    view.value = next;
    problem.value = null;
    leftOut.value = leftOutOf(location.hash, next);
    void open(next.scene, next.edits);
  });
  void open(opened.scene, opened.edits);
}
