import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { background } from "./client.js";
import { classColours } from "./colours.js";
import { drawPixels, outline } from "./drawing.js";
import { rates } from "./link.js";
import { losses } from "./losses.js";
import { short } from "./numbers.js";
import type { LaneStep } from "./protocol.js";
import { hasOwn, type SceneName, scenes } from "./scenes.js";
import { canvas, openScene, picture, problem, show, version, view, viewed, wanted } from "./state.js";

const STEPS = 200;
const { lanes, rate } = viewed;
const steps = signal<ReadonlyMap<string, readonly LaneStep[]>>(new Map());
export const playing = signal(false);
let fresh = true;

function reset(): void {
  background().stop("descend");
  playing.value = false;
  steps.value = new Map();
  fresh = true;
}

function run(count: number): void {
  const now = canvas.peek();
  if (!now) return;
  playing.value = count > 1;
  background().ask(
    "descend",
    {
      picture: picture(),
      losses: lanes.value.map((name) => wanted(name, now.scene)),
      rate: rate.value,
      steps: count,
      restart: fresh,
      metrics: now.scene.hasVoid ? { ignoreIndex: 255 } : {},
      spacing: now.scene.spacing,
    },
    (part) => {
      const next = new Map(steps.peek());
      for (const step of part.steps) next.set(step.name, [...(next.get(step.name) ?? []), step]);
      steps.value = next;
    },
    (error) => {
      playing.value = false;
      if (error) problem.value = error;
    },
  );
  fresh = false;
}
/** For the console: lanes of one's own, from their start. */
export function startDescent(names: readonly string[], count: number): void {
  show({ lanes: names });
  reset();
  run(count);
}
export const descent = () => ({
  finished: !playing.value && steps.value.size > 0,
  values: Object.fromEntries([...steps.value].map(([name, all]) => [name, all.map(({ value }) => value)])),
});

export function toggleDescent(): void {
  if (playing.value) {
    background().stop("descend");
    playing.value = false;
  } else run(Math.max(1, STEPS - Math.max(0, ...[...steps.value.values()].map((each) => each.length))));
}

interface CurveProps {
  readonly values: readonly number[];
  readonly label: string;
  readonly unit?: string;
  readonly most?: number;
}
function Curve({ values, label, unit, most }: CurveProps) {
  const finite = values.filter(Number.isFinite),
    low = most === undefined ? Math.min(...finite) : 0,
    high = most ?? Math.max(...finite),
    y = (v: number) => 30 - (26 * (v - low)) / (high - low || 1),
    last = values.at(-1);
  return (
    <div class="curve">
      <span>{label}</span>
      <svg viewBox="0 0 200 32" preserveAspectRatio="none" aria-hidden="true">
        <polyline
          points={values.map((v, i) => (Number.isFinite(v) ? `${(200 * i) / STEPS},${y(v).toFixed(1)}` : "")).join(" ")}
        />
      </svg>
      <b>{last === undefined ? "" : `${short(last, 3)}${unit && Number.isFinite(last) ? ` ${unit}` : ""}`}</b>
    </div>
  );
}

function Lane({ at }: { at: number }) {
  const name = lanes.value[at],
    run = steps.value.get(name) ?? [],
    last = run.at(-1),
    // A lane that was refused or diverged says so below.
    told = run.filter(({ norm }) => !Number.isNaN(norm)),
    element = useRef<HTMLCanvasElement>(null),
    now = canvas.value;
  void version.value;
  useEffect(() => {
    if (!element.current || !now) return;
    const { width, height, classes } = now.scene,
      plane = width * height,
      logits = last?.logits ?? now.logits,
      context = element.current.getContext("2d") as CanvasRenderingContext2D;
    drawPixels(context, width, height, (out) => {
      for (let i = 0; i < plane; i++) {
        let sum = 0;
        for (let c = 0; c < classes; c++) sum += Math.exp(logits[c * plane + i] - logits[i]);
        for (let k = 0; k < 3; k++) {
          let mixed = classColours[0][k] / sum;
          for (let c = 1; c < classes; c++)
            mixed += (classColours[c][k] * Math.exp(logits[c * plane + i] - logits[i])) / sum;
          out[4 * i + k] = mixed;
        }
        out[4 * i + 3] = 255;
      }
    });
    outline(context, now.target, width, height, [["rgb(255 255 255 / 0.85)", 1]]);
  });
  return (
    <article class="lane" data-loss={name}>
      <select
        aria-label={`Loss of lane ${at + 1}`}
        value={name}
        onChange={({ currentTarget }) => {
          show({ lanes: lanes.value.map((each, i) => (i === at ? currentTarget.value : each)) });
          reset();
        }}
      >
        {losses.map((loss) => (
          <option key={loss.name} disabled={lanes.value.includes(loss.name) && loss.name !== name}>
            {loss.name}
          </option>
        ))}
      </select>
      <canvas
        ref={element}
        width={256}
        height={256}
        role="img"
        aria-label={last ? `${name} after ${last.step} steps: Dice ${short(last.dice, 3)}` : `${name}: the start`}
      />
      <Curve label="loss" values={told.map(({ value }) => value)} />
      <Curve label="gradient norm" values={told.map(({ norm }) => norm)} />
      <Curve label="Dice" values={told.map(({ dice }) => dice)} most={1} />
      <Curve label="Hausdorff" unit={now?.scene.spacing ? "mm" : "px"} values={told.map(({ distance }) => distance)} />
      <p class="hint">{last?.stopped ?? (last ? `step ${last.step}` : "not begun")}</p>
    </article>
  );
}

/** Descent on the prediction itself: what each loss makes of the same start. */
export function Descend() {
  useEffect(reset, [version.value, canvas.value, JSON.stringify(view.value.options)]);
  const done = Math.max(0, ...[...steps.value.values()].map((run) => run.length));
  return (
    <main class="descend">
      <div class="row">
        <button type="button" class="primary" onClick={toggleDescent} disabled={done >= STEPS}>
          {playing.value ? "Pause" : done === 0 ? "Descend" : "Go on"}
        </button>
        <button type="button" onClick={() => run(1)} disabled={playing.value || done >= STEPS}>
          Step
        </button>
        <button type="button" onClick={reset}>
          Reset
        </button>
        <label class="inline">
          Scene{" "}
          <select
            value={view.value.scene}
            onChange={({ currentTarget }) => openScene(currentTarget.value as SceneName)}
          >
            {Object.entries(scenes)
              .filter(([name]) => name !== "own" || hasOwn())
              .map(([name, { title }]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
          </select>
        </label>
        <label class="inline">
          Rate{" "}
          <select
            value={rate.value}
            onChange={({ currentTarget }) => {
              show({ rate: Number(currentTarget.value) });
              reset();
            }}
          >
            {rates.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <p class="hint">
          {done} of {STEPS} steps of plain descent on the logits themselves, every lane from the prediction as you
          painted it. Rate: how many logits the hardest pulled pixel moves in the first step.
        </p>
      </div>
      <div class="lanes">
        {lanes.value.map((name, at) => (
          <Lane key={name} at={at} />
        ))}
      </div>
    </main>
  );
}
