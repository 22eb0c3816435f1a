import { catalog, metricCatalog, metricPresets, presets } from "segloss";
import { type Named, suggestion } from "../src/options/suggestion";
import { plain } from "./arguments";
import { table } from "./table";

type Entry = (typeof catalog)[number] | (typeof metricCatalog)[number];
/** An option of any loss or metric, as declared. */
interface Option {
  readonly type: string;
  readonly meaning: string;
  readonly default: unknown;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly aboveMin?: boolean;
  readonly belowMax?: boolean;
  readonly below?: number;
  readonly integer?: boolean;
  readonly odd?: boolean;
  readonly each?: string;
  readonly word?: string;
}

/** What an option may be. */
function rangeOf({ type, values, min, max, aboveMin, belowMax, below, integer, odd, each, word }: Option): string {
  if (values) return values.join(", ");
  if (type === "boolean") return "true, false";
  if (type === "matrix") return "square matrix, of at least 0";
  if (type === "options") return "options of that loss";
  if (type === "cases") return "target, pred, both: a number or diagonal";
  const noun = odd ? "odd number" : integer ? "whole number" : "number",
    low = min === undefined ? "" : aboveMin ? `above ${min}` : `at least ${min}`,
    high = max === undefined ? "" : belowMax ? `below ${max}` : `at most ${max}`,
    end = below === undefined ? "" : `below ${below}`,
    limits = [low, high, end].filter(Boolean).join(", ");
  const many = type === "numbers" ? `${noun}s${each && each !== "any" ? `, one per ${each}` : ""}` : noun;
  const either = word ? `${word}, or ${many}` : many;
  return limits ? `${either}: ${limits}` : either;
}

const shown = (value: unknown) => (value === null ? "off" : String(JSON.stringify(value, plain)).replaceAll('"', ""));

function describe(entry: Entry): string {
  const { also }: Named = entry,
    others = also?.length ? ` (also called ${also.join(", ")})` : "";
  // Those of any loss or metric: what each may say beside its type is looked up by name.
  const options = entry.options as unknown as Readonly<Record<string, Option>>,
    rows = Object.entries(options).map(([name, option]) => [
      name,
      shown(option.default),
      rangeOf(option),
      option.meaning,
    ]);
  return (
    `${entry.name}: ` +
    `${entry.title}${others}\n${entry.formula}\n\n${table(["option", "default", "range", "meaning"], rows, 4)}`
  );
}

const lossEntries = () => catalog.map(({ plan, ...entry }) => entry);
const metricEntries = () => metricCatalog.map(({ score, ofCounts, overall, ...entry }) => entry);

/** Losses or metrics of other libraries, or the one of that name. */
function listPresets(metrics: boolean | undefined, json: boolean | undefined, only?: string): void {
  const all = (metrics ? metricPresets : presets)
    .filter(({ name }) => only === undefined || name === only)
    .map(({ name, arguments: declared, note }) => ({
      name,
      arguments: declared as Readonly<Record<string, Option>>,
      note: note ?? "",
    }));
  if (json) {
    console.log(JSON.stringify(all, plain, 1));
    return;
  }
  const rows = all.map((each) => [
    each.name,
    Object.entries(each.arguments)
      .map(([argument, option]) => `${argument}=${shown(option.default)}`)
      .join(" "),
    each.note,
  ]);
  console.log(table([metrics ? "metric" : "loss", "arguments", "note"], rows, 3));
}

interface ListOptions {
  readonly json?: boolean;
  readonly metrics?: boolean;
  readonly presets?: boolean;
}

export function list(name: string | undefined, { json, metrics, presets: others }: ListOptions): void {
  if (others) {
    if (name !== undefined) throw new Error("give a name or --presets");
    listPresets(metrics, json);
    return;
  }
  const [ofLosses, ofMetrics] = [presets, metricPresets].map((those) => those.map((each): string => each.name));
  if (name !== undefined && (ofMetrics.includes(name) || (!metrics && ofLosses.includes(name)))) {
    listPresets(ofMetrics.includes(name), json, name);
    return;
  }
  if (name !== undefined) {
    const all: readonly Entry[] = [...catalog, ...metricCatalog],
      others = [...ofLosses, ...ofMetrics].map((own) => ({ name: own, also: [own.split(".")[1]] })),
      found = all.filter((entry) => entry.name === name && (!metrics || !("plan" in entry)));
    if (found.length === 0)
      throw new Error(`there is no loss or metric ${name}${suggestion(name, all) || suggestion(name, others)}`);
    const plainEntries = [...lossEntries(), ...metricEntries()].filter((entry) =>
      found.some((each) => each.title === entry.title),
    );
    console.log(json ? JSON.stringify(plainEntries, plain, 1) : found.map(describe).join("\n\n"));
    return;
  }
  if (json) console.log(JSON.stringify(metrics ? metricEntries() : lossEntries(), plain, 1));
  else if (metrics) {
    const rows = metricCatalog.map(({ name, best, formula }) => [name, best, formula]);
    console.log(table(["metric", "best", "formula"], rows, 3));
  } else {
    const rows = catalog.map(({ name, category, formula }) => [name, category, formula]);
    console.log(table(["loss", "level", "formula"], rows, 3));
  }
}
