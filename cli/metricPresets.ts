import { type Metric, type MetricName, type MetricPresetName, metricCatalog, metricPresets } from "segloss";
import type { Request } from "./arguments";

/** A metric, or another library's by its name and the metric's, with a dot between. */
export type Name = MetricName | MetricPresetName;
type Asked = Pick<Request<Name>, "name" | "options">;

interface Preset {
  readonly name: string;
  readonly arguments: Readonly<Record<string, { readonly default: unknown }>>;
  recipe(
    values: object,
    shape: object,
  ): { readonly metric: string; readonly options: Readonly<Record<string, unknown>> };
}
const presets = metricPresets as readonly unknown[] as readonly Preset[];
const declarations = metricCatalog as readonly unknown[] as readonly Metric[];

export const isPreset = (name: Name): name is MetricPresetName => name.includes(".");

export const isKnown = (name: Name): boolean => presets.some((preset) => preset.name === name);

/** What a metric is asked for as: ours, and of another library's what its arguments say. */
export function standIn({ name, options }: Asked): { readonly metric: Metric; readonly own: object } {
  const find = (wanted: string) => declarations.find((metric) => metric.name === wanted) as Metric;
  if (!isPreset(name)) return { metric: find(name), own: options };
  const { arguments: declared, recipe } = presets.find((preset) => preset.name === name) as Preset,
    defaults = Object.fromEntries(Object.entries(declared).map(([key, option]) => [key, option.default])),
    made = recipe({ ...defaults, ...options }, { channels: 2, axes: 2 }),
    said = Object.entries(made.options).filter(([, value]) => value !== null && value !== undefined);
  return { metric: find(made.metric), own: Object.fromEntries(said) };
}
