import { metricCatalog } from "segloss";
import { short } from "./numbers.js";
import { canvas, channel, metrics, shownMetric } from "./state.js";

/** Short names, as papers have them. */
const title = (name: string) => name.replace(/([A-Z])/g, " $1").toLowerCase();

/** Every metric of the class that is shown; hovered, it draws on the canvas what it measures. */
export function Metrics() {
  const label = channel.value,
    spacing = canvas.value?.scene.spacing;
  return (
    <fieldset class="metrics" aria-label={`Metrics of class ${label}`}>
      {metricCatalog.map(({ name, formula }) => {
        const found = metrics.value.find((each) => each.name === name),
          value = found?.perClass[found.labels.indexOf(label)],
          // Those that look at surfaces; their surfaces are what is drawn.
          drawn = /distance|surface|boundary|trimap/i.test(name),
          toggle = (on: boolean) => {
            if (drawn) shownMetric.value = on ? name : null;
          };
        const text =
          value === undefined
            ? "…"
            : Number.isNaN(value)
              ? "undefined"
              : `${short(value)}${/istance/.test(name) ? (spacing ? " mm" : " px") : ""}`;
        return (
          <button
            type="button"
            key={name}
            title={found?.error ?? `${formula}${Number.isNaN(value) ? " (undefined: a side is empty)" : ""}`}
            aria-pressed={shownMetric.value === name}
            disabled={!drawn}
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
