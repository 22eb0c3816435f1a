import { computed, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { presets } from "segloss";
import { background } from "./client.js";
import { classColours } from "./colours.js";
import { type AnyPreset, type AnyRecipe, differences, recipeOf } from "./differences.js";
import { drawPixels, outline } from "./drawing.js";
import { tileOf } from "./evaluation.js";
import { type Given, other } from "./given.js";
import { lossOf } from "./losses.js";
import { short } from "./numbers.js";
import type { AskedRow, PresetRow } from "./protocol.js";
import { traps } from "./reasons.js";
import { Stage } from "./Stage.js";
import { scenes } from "./scenes.js";
import { canvas, openScene, picture, problem, show, version, view, viewed, wanted } from "./state.js";

const rows = signal<ReadonlyMap<string, PresetRow>>(new Map());

/** Each reason once: two parts of a sum may have the same. */
function Differs({ recipe }: { recipe: AnyRecipe }) {
  const found = differences(recipe),
    whys = new Set(found.flatMap(({ why }) => why.split("; ")).filter(Boolean));
  if (found.length === 0) return <>nothing: the same formula, the same defaults</>;
  return (
    <>
      <span class="what">
        {found
          .map(({ what }) => what)
          .filter(Boolean)
          .join(", ")}
      </span>
      <span class="because">{[...whys].join("; ")}</span>
    </>
  );
}

/** A line of the table: a preset, or our loss with another option. */
interface Line extends AskedRow {
  readonly recipe: AnyRecipe;
  readonly note?: string;
}

/** What says otherwise of a batch or of soft labels, where there is such an argument or option. */
function otherwise(options: object, given: Given): Record<string, unknown>[] {
  const ways: Record<Given, Record<string, unknown>> = {
    labels: {},
    batch: { batch: true, batch_dice: true },
    soft: { soft_label: true, overlap: "product" },
  };
  return Object.entries(ways[given])
    .filter(([name]) => name in options)
    .map(([name, value]) => ({ [name]: value }));
}
const called = (name: string, options: Readonly<Record<string, unknown>>) =>
  [name, ...Object.entries(options).map(([option, value]) => `${option} ${value}`)].join(", ");

/** The lines by the losses they are made of: ours otherwise, then the libraries'. */
const groups = computed(() => {
  const found = new Map<string, Line[]>(),
    given = viewed.given.value,
    { classes = 2, height = 1, width = 1 } = canvas.value?.scene ?? {},
    size = { batch: given === "batch" ? 2 : 1, classes, pixels: height * width };
  for (const preset of presets as readonly unknown[] as readonly AnyPreset[])
    for (const options of [{}, ...otherwise(preset.arguments, given)]) {
      const recipe = recipeOf(preset, options, size);
      if (!recipe) continue;
      const { name, note } = preset,
        made = [...new Set(recipe.terms.map(({ loss }) => loss))].join(" + ");
      const own: Line[] = otherwise(lossOf(made)?.options ?? {}, given).map((changed) => ({
        name: called(`segloss ${made}`, changed),
        loss: made,
        options: changed,
        recipe: { terms: [{ loss: made, options: changed }] },
      }));
      const line = { name: called(name, options), preset: name, options, recipe, note };
      found.set(made, [...(found.get(made) ?? own), line]);
    }
  return found;
});
/** Our own with the visitor's options: of the page's tiles, but where the pixels are given otherwise. */
const ownName = (loss: string) => `segloss ${loss}`;

function evaluate(): void {
  const now = canvas.peek();
  if (!now) return;
  const given = viewed.given.peek(),
    isVoid = now.scene.hasVoid && given !== "soft";
  const ours = [...groups.peek().keys()].filter((name) => given !== "labels" && lossOf(name));
  const asked = (options: Readonly<Record<string, unknown>>, loss: string) => {
    const { ignoreIndex, ...own } = { ...wanted(loss, now.scene).options, ...options };
    return isVoid ? { ...own, ignoreIndex } : own;
  };
  rows.value = new Map();
  background().ask(
    "presets",
    {
      picture: picture(),
      given,
      ignoreIndex: isVoid ? 255 : undefined,
      rows: [
        ...ours.map((loss) => ({ name: ownName(loss), loss, options: asked({}, loss) })),
        ...[...groups.peek().values()].flat().map(({ name, preset, loss, options }) => ({
          name,
          preset,
          loss,
          options: loss ? asked(options, loss) : options,
        })),
      ],
    },
    ({ rows: some }) => {
      const next = new Map(rows.peek());
      for (const row of some) next.set(row.name, row);
      rows.value = next;
    },
    (error) => {
      if (error) problem.value = error;
    },
  );
}

/** The sample that the painted one is in a batch with. */
function Other() {
  const element = useRef<HTMLCanvasElement>(null),
    scene = canvas.value?.scene;
  useEffect(() => {
    const context = element.current?.getContext("2d");
    if (!context || !scene) return;
    const { width, height } = scene,
      { logits, target } = other(scene),
      plane = width * height;
    drawPixels(context, width, height, (out) => {
      for (let i = 0; i < plane; i++) out.set(logits[plane + i] > 0 ? classColours[1] : classColours[0], 4 * i);
      for (let i = 3; i < out.length; i += 4) out[i] = 255;
    });
    outline(context, target, width, height, [["rgb(255 255 255 / 0.85)", 1]]);
  }, [scene]);
  return (
    <canvas
      class="other"
      ref={element}
      width={256}
      height={256}
      role="img"
      aria-label="The other sample of the batch"
    />
  );
}

const trapNow = () => {
  const { scene, given } = view.value;
  return traps.find((trap) => trap.given === given && (given !== "labels" || trap.scene === scene));
};

/** One name, many numbers: what other libraries say of the same pixels. */
export function Names() {
  const now = canvas.value,
    given = viewed.given.value,
    trapped = trapNow();
  useEffect(evaluate, [version.value, now, given]);
  return (
    <main class="names">
      <div class="side">
        <Stage />
        <section>
          <h2>Masks on which they part ways</h2>
          <div class="choice wrap">
            {traps.map((trap) => (
              <button
                type="button"
                key={trap.title}
                aria-pressed={trap === trapped}
                onClick={() => {
                  show({ given: trap.given });
                  openScene(trap.scene);
                }}
              >
                {trap.title}
              </button>
            ))}
          </div>
          <p class="trap">{trapped?.why}</p>
          {given === "batch" && <Other />}
          <p class="hint">
            {given === "labels" ? `${scenes[view.value.scene].teaches}. ` : ""}Paint on; the numbers follow.
          </p>
        </section>
      </div>
      <div class="table">
        <p class="lead">
          Each library's loss with that library's defaults, on these very pixels. Losses that take probabilities get the
          softmax of the logits. A bar marks groups that do not agree.
        </p>
        <table>
          <thead>
            <tr>
              <th>call</th>
              <th class="number">value</th>
              <th>how it differs from ours, and why</th>
            </tr>
          </thead>
          {[...groups.value].map(([name, members]) => {
            const isOne = members.some(({ recipe }) => recipe.terms.length === 1) && lossOf(name),
              tile = given === "labels" ? tileOf(name) : undefined,
              row = tile ? tile.value : rows.value.get(ownName(name)),
              own = isOne && row && !Number.isNaN(row.value) ? row.value : undefined,
              values = [own, ...members.map((line) => rows.value.get(line.name)?.value)].filter(
                (value): value is number => value !== undefined && Number.isFinite(value),
              ),
              span = Math.max(...values) - Math.min(...values),
              apart = values.length > 1 && span > 1e-5 * Math.max(...values.map(Math.abs));
            return (
              <tbody key={name} class={apart ? "apart" : ""}>
                <tr class="group">
                  <th scope="rowgroup">segloss {name}</th>
                  <td class="number">{own === undefined ? "" : short(own)}</td>
                  <td>{apart ? `values ${short(span, 3)} apart` : values.length > 1 ? "all agree" : ""}</td>
                </tr>
                {members.map(({ name: call, recipe, note }) => {
                  const row = rows.value.get(call);
                  return (
                    <tr key={call}>
                      <td>
                        <code>{call}</code>
                      </td>
                      <td class="number">{row ? (row.error ? "refused" : short(row.value)) : "…"}</td>
                      <td class="why">
                        {row?.error ?? <Differs recipe={recipe} />}
                        {note ? <span class="note">{note}</span> : null}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            );
          })}
        </table>
      </div>
    </main>
  );
}
