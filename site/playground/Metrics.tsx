import { metricCatalog } from "segloss";
import { metrics } from "./evaluation.js";
import { short } from "./numbers.js";
import type { MetricResult } from "./protocol.js";
import { canvas, channel, shownMetric } from "./state.js";

type Metric = (typeof metricCatalog)[number] & { readonly surfaces?: "shares" | "distances" };

/** Short names, as papers have them. */
const title = (name: string) => name.replace(/([A-Z])/g, " $1").toLowerCase();

function words(metric: Metric, found: MetricResult | undefined, label: number, unit: string): string {
  if (!found) return "…";
  if (found.error) return "not here";
  // One number of all classes stands for each of them, where a metric has no other.
  const at = found.labels.indexOf(label),
    value = at < 0 ? found.value : found.perClass[at];
  return Number.isNaN(value) ? "undefined" : `${short(value)}${metric.surfaces === "distances" ? ` ${unit}` : ""}`;
}

/** Every metric of the class that is shown; hovered, it draws on the canvas what it measures. */
export function Metrics() {
  const label = channel.value,
    unit = canvas.value?.scene.spacing ? "mm" : "px";
  return (
    <fieldset class="metrics" aria-label={`Metrics of class ${label}`}>
      {metricCatalog.map((metric: Metric) => {
        const { name, formula, surfaces } = metric,
          found = metrics.value.find((each) => each.name === name),
          text = words(metric, found, label, unit),
          toggle = (on: boolean) => {
            if (surfaces) shownMetric.value = on ? metric : null;
          };
        return (
          <button
            type="button"
            key={name}
            title={found?.error ?? `${formula}${text === "undefined" ? " (undefined: a side is empty)" : ""}`}
            aria-pressed={shownMetric.value === metric}
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
    </fieldset>
  );
}
