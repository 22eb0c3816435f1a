import { surfaces as looked, metrics } from "./evaluation.js";
import { type ShownMetric, shownMetrics } from "./metricList.js";
import { short } from "./numbers.js";
import type { MetricResult } from "./protocol.js";
import { canvas, channel, shownMetric } from "./state.js";

/** Short names, as papers have them. */
const title = (name: string) => name.replace(/([A-Z]|\d+)/g, " $1").toLowerCase();

function words({ surfaces }: ShownMetric, found: MetricResult | undefined, label: number, unit: string): string {
  if (!found || found.error) return "…";
  // One number of all classes stands for each of them, where a metric has no other.
  const at = found.labels.indexOf(label),
    value = at < 0 ? found.value : found.perClass[at];
  return Number.isNaN(value) ? "undefined" : `${short(value)}${surfaces === "distances" ? ` ${unit}` : ""}`;
}

/** Why scores of a class are undefined. */
function emptiness(label: number): string {
  const { pred, target } = looked.value?.borders ?? {},
    empty = [target && !target.includes(1) && "the truth", pred && !pred.includes(1) && "the prediction"];
  const sides = empty.filter(Boolean).join(" and ");
  return sides
    ? `${sides} has no pixel of class ${label}: a share is 0/0, a distance leads nowhere`
    : "what it divides by, or measures to, is not there";
}

/** Every metric of the class that is shown; hovered, it draws on the canvas what it looks at. */
export function Metrics() {
  const label = channel.value,
    unit = canvas.value?.scene.spacing ? "mm" : "px",
    results = new Map(metrics.value.map((each) => [each.name, each])),
    refused = metrics.value.filter(({ error }) => error),
    isUndefined = shownMetrics.some((shown) => words(shown, results.get(shown.name), label, unit) === "undefined");
  return (
    <fieldset class="metrics" aria-label={`Metrics of class ${label}`}>
      {shownMetrics.map((shown) => {
        const { name, metric, surfaces } = shown,
          found = results.get(name),
          text = words(shown, found, label, unit),
          toggle = (on: boolean) => {
            if (surfaces) shownMetric.value = on ? name : null;
          };
        return found?.error ? null : (
          <button
            type="button"
            key={name}
            title={metric.formula}
            aria-pressed={surfaces ? shownMetric.value === name : undefined}
            disabled={!surfaces}
            onPointerEnter={() => toggle(true)}
            onPointerLeave={() => toggle(false)}
            onFocus={() => toggle(true)}
            onBlur={() => toggle(false)}
          >
            <span>{title(name)}</span>
            <b>{text}</b>
          </button>
        );
      })}
      {(refused.length > 0 || isUndefined) && (
        <dl class="left-out">
          {isUndefined && (
            <div>
              <dt>undefined</dt>
              <dd>{emptiness(label)}</dd>
            </div>
          )}
          {refused.map(({ name, error }) => (
            <div key={name}>
              <dt>{title(name)}: not here</dt>
              <dd>{error}</dd>
            </div>
          ))}
        </dl>
      )}
    </fieldset>
  );
}
