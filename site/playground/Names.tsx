import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Declaration, presets } from "segloss";
import { background } from "./client.js";
import { tileOf } from "./evaluation.js";
import { lossOf } from "./losses.js";
import { short } from "./numbers.js";
import type { PresetRow } from "./protocol.js";
import { offsetReason, reason, sumReason, traps, weightReason } from "./reasons.js";
import { Stage } from "./Stage.js";
import { type SceneName, scenes } from "./scenes.js";
import { canvas, openScene, picture, version, view } from "./state.js";

interface AnyPreset {
  readonly name: string;
  readonly arguments: Readonly<Record<string, { readonly default: unknown }>>;
  readonly note?: string;
  recipe(values: unknown): unknown;
}
interface AnyRecipe {
  readonly terms: readonly {
    readonly loss: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly weight?: number;
  }[];
  readonly offset?: number;
}

const rows = signal<ReadonlyMap<string, PresetRow>>(new Map());

/** What a preset is made of, with its library's defaults, for one sample of a scene's classes. */
function recipeOf(preset: AnyPreset, classes: number, pixels: number): AnyRecipe | undefined {
  try {
    const defaults = Object.fromEntries(
        Object.entries(preset.arguments).map(([name, option]) => [name, option.default]),
      ),
      recipe = preset.recipe(defaults);
    return (typeof recipe === "function" ? recipe({ batch: 1, classes, pixels }) : recipe) as AnyRecipe;
  } catch {
    return undefined;
  }
}

const shown = (value: unknown): string =>
  typeof value === "number"
    ? String(Number(value.toPrecision(6)))
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

interface Difference {
  readonly what: string;
  readonly why: string;
}

/** What a term's options change of our defaults; a default may be that of another option. */
function changes(declaration: Declaration, options: Readonly<Record<string, unknown>>): Difference[] {
  const usual = (name: string): unknown => {
    const value = declaration.options[name]?.default;
    return typeof value === "string" && value in declaration.options ? usual(value) : value;
  };
  return (
    Object.entries(options)
      .filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(usual(name)))
      // Probabilities are what such a loss is given.
      .filter(([name, value]) => !(name === "activation" && value === "none"))
      // A share that a library has as one minus another.
      .filter(([name, value]) => !(typeof value === "number" && Math.abs(value - Number(usual(name))) < 1e-12))
      .map(([name, value]) => ({ what: `${name} ${shown(value)}`, why: reason(declaration, name, value) }))
  );
}

/** How a recipe differs from our loss, in words, and why that is another number. */
function differences({ terms, offset = 0 }: AnyRecipe): Difference[] {
  const found = terms.flatMap(({ loss, options, weight = 1 }): Difference[] => {
    const factor = weight === 1 ? "" : `${short(weight, 3)} times `,
      own = changes(lossOf(loss) as Declaration, options);
    if (terms.length === 1)
      return weight === 1
        ? own
        : [{ what: `${factor}the value`, why: "reduction" in options ? "" : weightReason }, ...own];
    const inside = own.length > 0 ? ` (${own.map(({ what }) => what).join(", ")})` : "";
    return [{ what: `${factor}${loss}${inside}`, why: own.map(({ why }) => why).join("; ") }];
  });
  if (terms.length > 1) found.push({ what: "", why: sumReason });
  if (offset !== 0) found.push({ what: `${offset > 0 ? "+" : "−"} ${Math.abs(offset)}`, why: offsetReason });
  return found;
}

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

function evaluate(): void {
  const now = canvas.peek();
  if (!now) return;
  background().ask(
    "presets",
    { picture: picture(), ignoreIndex: now.scene.hasVoid ? 255 : undefined },
    ({ rows: some }) => {
      const next = new Map(rows.peek());
      for (const row of some) next.set(row.name, row);
      rows.value = next;
    },
  );
}

/** One name, many numbers: what other libraries say of the same pixels. */
export function Names() {
  const now = canvas.value;
  useEffect(evaluate, [version.value, now]);
  const groups = new Map<string, { preset: AnyPreset; recipe: AnyRecipe }[]>();
  const { classes = 2, height = 1, width = 1 } = now?.scene ?? {};
  for (const preset of presets as readonly unknown[] as readonly AnyPreset[]) {
    const recipe = recipeOf(preset, classes, height * width);
    if (!recipe) continue;
    const name = [...new Set(recipe.terms.map(({ loss }) => loss))].join(" + ");
    groups.set(name, [...(groups.get(name) ?? []), { preset, recipe }]);
  }
  return (
    <main class="names">
      <div class="side">
        <Stage />
        <section>
          <h2>Masks on which they part ways</h2>
          <div class="choice wrap">
            {Object.entries(traps).map(([scene, { title }]) => (
              <button
                type="button"
                key={scene}
                aria-pressed={view.value.scene === scene}
                onClick={() => openScene(scene as SceneName)}
              >
                {title}
              </button>
            ))}
          </div>
          <p class="trap">{traps[view.value.scene]?.why}</p>
          <p class="hint">{scenes[view.value.scene].teaches}. Paint on; the numbers follow.</p>
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
          {[...groups].map(([name, members]) => {
            const own = members[0].recipe.terms.length === 1 && lossOf(name) ? tileOf(name).value?.value : undefined,
              values = [own, ...members.map(({ preset }) => rows.value.get(preset.name)?.value)].filter(
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
                {members.map(({ preset, recipe }) => {
                  const row = rows.value.get(preset.name);
                  return (
                    <tr key={preset.name}>
                      <td>
                        <code>{preset.name}</code>
                      </td>
                      <td class="number">{row ? (row.error ? "refused" : short(row.value)) : "…"}</td>
                      <td class="why">
                        {row?.error ?? <Differs recipe={recipe} />}
                        {preset.note ? <span class="note">{preset.note}</span> : null}
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
