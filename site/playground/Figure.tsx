import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { background } from "./client.js";
import { amount, type ErrorName, errors, names, type ObjectName, objects, STEPS } from "./curves.js";
import { drawing, save, savePixels, saveTable } from "./keep.js";
import { type ValuesName, valuesShown } from "./link.js";
import { short } from "./numbers.js";
import { chosen, HEIGHT, ink, points, scaled, series, titles, WIDTH } from "./series.js";
import { show, viewed } from "./state.js";

const pointed = signal<number | null>(null);
const failed = signal("");

/** How a line is drawn. */
function Sample({ name }: { name: string }) {
  const { stroke, dash } = ink(name);
  return (
    <svg class="sample" viewBox="0 0 24 8" aria-hidden="true">
      <line x1="0" x2="24" y1="4" y2="4" stroke={stroke} stroke-width="2" stroke-dasharray={dash} />
    </svg>
  );
}

const inWords = (name: string, values: readonly number[]) =>
  `${name} from ${short(values[0] ?? 0, 2)} to ${short(values.at(-1) ?? 0, 2)}`;

/** Shows one line alone, or all again. */
const isolate = (name: string) => show({ only: viewed.only.value === name ? null : name });

function Panel({ error, shown }: { error: ErrorName; shown: readonly string[] }) {
  const lines = shown.map((name) => ({ name, values: scaled(error, name) })),
    // All panels share the scale, so that they can be compared.
    all = (Object.keys(errors) as ErrorName[]).flatMap((each) =>
      shown.flatMap((name) => scaled(each, name)).filter(Number.isFinite),
    ),
    low = Math.min(0, ...all),
    high = Math.max(1e-9, ...all),
    x = (step: number) => 44 + amount(step) * (WIDTH - 58),
    y = (value: number) => HEIGHT - 30 - ((value - low) / (high - low)) * (HEIGHT - 48);
  const path = (values: readonly number[]) =>
    values
      .map((value, i) =>
        Number.isFinite(value)
          ? `${Number.isFinite(values[i - 1]) ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`
          : "",
      )
      .join("");
  return (
    <figure class="panel">
      <figcaption>
        {titles[error]} <small>{errors[error]}</small>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${titles[error]}: ${lines.map(({ name, values }) => inWords(name, values)).join(", ")}`}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect(),
            at = ((event.clientX - box.left) / box.width) * WIDTH;
          pointed.value = Math.max(0, Math.min(STEPS, Math.round(((at - 44) / (WIDTH - 58)) * STEPS)));
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
        // With the keyboard: "only" in the list.
        onPointerUp={(event) => {
          if (viewed.only.value !== null) {
            show({ only: null });
            return;
          }
          const box = event.currentTarget.getBoundingClientRect(),
            at = ((event.clientY - box.top) / box.height) * HEIGHT,
            away = ({ values }: (typeof lines)[number]) => Math.abs(y(values[pointed.value ?? STEPS]) - at),
            nearest = lines.filter((line) => away(line) < 16).sort((a, b) => away(a) - away(b))[0];
          if (nearest) isolate(nearest.name);
        }}
      >
        <g class="axis">
          {[low, (low + high) / 2, high].map((value) => (
            <g key={value}>
              <line x1={44} x2={WIDTH - 14} y1={y(value)} y2={y(value)} />
              <text x={38} y={y(value) + 4} text-anchor="end">
                {short(value, 2)}
              </text>
            </g>
          ))}
          {[0, STEPS / 2, STEPS].map((step) => (
            <text key={step} x={x(step)} y={HEIGHT - 10} text-anchor="middle">
              {amount(step)}
            </text>
          ))}
        </g>
        {lines.map(({ name, values }) => (
          <path
            key={name}
            d={path(values)}
            fill="none"
            stroke={ink(name).stroke}
            stroke-dasharray={ink(name).dash}
            stroke-width={2}
          />
        ))}
        {pointed.value !== null && (
          <line class="cursor" x1={x(pointed.value)} x2={x(pointed.value)} y1={18} y2={HEIGHT - 30} />
        )}
        {pointed.value !== null &&
          lines.map(({ name, values }) =>
            Number.isFinite(values[pointed.value as number]) ? (
              <circle
                key={name}
                cx={x(pointed.value as number)}
                cy={y(values[pointed.value as number])}
                r={3}
                fill={ink(name).stroke}
              />
            ) : null,
          )}
      </svg>
    </figure>
  );
}

const toggle = (name: string) =>
  show({
    lines: names.filter((each) => chosen.value.includes(each) !== (each === name)),
    only: viewed.only.value === name ? null : viewed.only.value,
  });

/** The survey's third figure, live: every loss and metric against a growing error. */
export function Figure() {
  useEffect(() => {
    if (points.value.length > 0) return;
    background().ask(
      "curves",
      {},
      (part) => {
        points.value = [...points.value, ...part.points];
      },
      (error) => {
        failed.value = error ?? "";
      },
    );
  }, []);
  const only = viewed.only.value,
    shown = names.filter((name) => (only === null ? chosen.value.includes(name) : only === name)),
    total = Object.keys(objects).length * Object.keys(errors).length * (STEPS + 1),
    ready = points.value.length >= total;
  return (
    <main class="figure">
      <div class="side">
        <fieldset class="choice" aria-label="Object">
          {(Object.keys(objects) as ObjectName[]).map((each) => (
            <button
              type="button"
              key={each}
              aria-pressed={viewed.object.value === each}
              onClick={() => show({ object: each })}
            >
              {each}, r {objects[each]} px
            </button>
          ))}
        </fieldset>
        <fieldset class="choice" aria-label="Values">
          {Object.entries(valuesShown).map(([name, title]) => (
            <button
              type="button"
              key={name}
              aria-pressed={viewed.values.value === name}
              onClick={() => show({ values: name as ValuesName })}
            >
              {title}
            </button>
          ))}
        </fieldset>
        <p class="hint">
          {viewed.values.value === "normalised"
            ? "The change from a perfect prediction, 1 at the largest of the four errors."
            : "Values as the package gives them."}{" "}
          A disc in 96×96 pixels.
        </p>
        <ul class="names-list">
          {names.map((name) => (
            <li key={name}>
              <label class="check">
                <input type="checkbox" checked={chosen.value.includes(name)} onChange={() => toggle(name)} />
                <Sample name={name} />
                {name.replace("metrics.", "metric: ")}
              </label>
              {chosen.value.includes(name) && (
                <button
                  type="button"
                  aria-pressed={only === name}
                  aria-label={`Only ${name}`}
                  onClick={() => isolate(name)}
                >
                  only
                </button>
              )}
            </li>
          ))}
        </ul>
      </div>
      <div>
        <div class="panels">
          {(Object.keys(errors) as ErrorName[]).map((error) => (
            <Panel key={error} error={error} shown={shown} />
          ))}
        </div>
        <div class="row">
          <p class="hint" aria-live={ready || failed.value ? "polite" : "off"}>
            {failed.value ||
              (ready
                ? "Each loss against a growing error, as Figure 3 of arXiv 2312.05391. A click isolates a line."
                : `computing, ${points.value.length} of ${total} points`)}
          </p>
          <button
            type="button"
            onClick={() => save("losses-and-errors.svg", new Blob([drawing()], { type: "image/svg+xml" }))}
          >
            SVG
          </button>
          <button type="button" onClick={savePixels}>
            PNG
          </button>
          <button type="button" onClick={saveTable}>
            CSV
          </button>
        </div>
        <table class="readings">
          <thead>
            <tr>
              <th>{pointed.value === null ? "at the largest error" : `at ${short(amount(pointed.value), 2)}`}</th>
              {(Object.keys(errors) as ErrorName[]).map((error) => (
                <th key={error} class="number">
                  {titles[error]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((name) => (
              <tr key={name}>
                <td>
                  <Sample name={name} /> {name.replace("metrics.", "metric: ")}
                </td>
                {(Object.keys(errors) as ErrorName[]).map((error) => {
                  const value = series(error, name)[pointed.value ?? STEPS];
                  return (
                    <td key={error} class="number">
                      {value === undefined ? "…" : short(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </main>
  );
}
