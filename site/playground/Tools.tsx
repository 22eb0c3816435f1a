import { signal } from "@preact/signals";
import { classColours, css } from "./colours.js";
import { brushSizes, type Operation, operations } from "./edits.js";
import { Own } from "./own/Own.js";
import { brush, canvas, openScene, operate, redo, undo, undone, view } from "./state.js";
import { Scenes } from "./Thumbnails.js";

function Slider(props: {
  label: string;
  unit: string;
  min: number;
  max: number;
  step: number;
  value: number;
  set: (value: number) => void;
}) {
  return (
    <label class="slider">
      <span>{props.label}</span>
      <input
        type="range"
        min={props.min}
        max={props.max}
        step={props.step}
        value={props.value}
        onInput={({ currentTarget }) => props.set(Number(currentTarget.value))}
      />
      <output>
        {/* Text: Preact writes a number 0 anew each time it draws, and a stroke's end would ask for a frame. */}
        {`${props.value < 0 ? `−${-props.value}` : props.value} ${props.unit}`}
      </output>
    </label>
  );
}

/** On a phone the tools are a sheet over the lower half. */
const sheet = signal(false);

/** Scenes, brushes, and operations on the whole prediction. */
export function Tools() {
  const { scene, edits } = view.value,
    now = canvas.value,
    last = edits.at(-1),
    set = (part: Partial<typeof brush.value>) => {
      brush.value = { ...brush.value, ...part };
    },
    { layer, label, size, sure } = brush.value;
  return (
    <div class={`tools${sheet.value ? " up" : ""}`}>
      <button
        type="button"
        class="grip"
        aria-expanded={sheet.value}
        onClick={() => {
          sheet.value = !sheet.value;
        }}
      >
        {sheet.value ? "Close" : "Scenes, files, brush"}
      </button>
      <Scenes />
      <Own />
      <section>
        <h2>Brush</h2>
        <fieldset class="choice" aria-label="Paint on">
          {(["prediction", "truth"] as const).map((each) => (
            <button type="button" key={each} aria-pressed={layer === each} onClick={() => set({ layer: each })}>
              {each}
            </button>
          ))}
        </fieldset>
        <fieldset class="choice" aria-label="Class">
          {Array.from({ length: now?.scene.classes ?? 2 }, (_, c) => (
            <button
              type="button"
              key={css(classColours[c])}
              aria-pressed={label === c}
              onClick={() => set({ label: c })}
            >
              <i class="swatch" style={`background:${css(classColours[c])}`} />
              {c === 0 ? "erase" : now?.scene.classes === 2 ? "object" : `class ${c}`}
            </button>
          ))}
        </fieldset>
        <Slider label="Size" unit="px" {...brushSizes} step={2} value={size} set={(value) => set({ size: value })} />
        <Slider
          label="Probability"
          unit="%"
          min={50}
          max={99}
          step={1}
          value={sure}
          set={(value) => set({ sure: value })}
        />
      </section>
      <section>
        <h2>Whole prediction</h2>
        {Object.entries(operations).map(([kind, { title, unit, min, max, step, neutral }]) => (
          <Slider
            key={kind}
            label={title}
            unit={unit}
            min={min}
            max={max}
            step={step}
            value={last?.kind !== "stroke" && last?.kind === kind ? last.amount : neutral}
            set={(value) => operate(kind as Operation, value)}
          />
        ))}
      </section>
      <section class="history">
        <button type="button" onClick={undo} disabled={edits.length === 0}>
          Undo
        </button>
        <button type="button" onClick={redo} disabled={undone.value.length === 0}>
          Redo
        </button>
        <button type="button" onClick={() => openScene(scene)} disabled={edits.length === 0}>
          Start over
        </button>
      </section>
    </div>
  );
}
