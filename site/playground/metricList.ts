import { metricCatalog } from "segloss";

type Declared = (typeof metricCatalog)[number];
export interface ShownMetric {
  /** As it is shown and as its result is called: the metric's, or with what its options change. */
  readonly name: string;
  readonly metric: Declared;
  readonly surfaces?: "shares" | "distances";
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a metric has to be given: a tolerance of one pixel, or of one unit of spacing. */
export const required = ({ options }: Pick<Declared, "options">): Record<string, number> =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([, option]) => "required" in option)
      .map(([name]) => [name, 1]),
  );

/** Every metric of the catalog; those of a quantile also at 95 per cent, as papers have them. */
export const shownMetrics: readonly ShownMetric[] = metricCatalog.flatMap((metric) => {
  const { name } = metric,
    { surfaces } = metric as { surfaces?: "shares" | "distances" },
    shown = { name, metric, surfaces, options: required(metric) };
  return "percentile" in metric.options
    ? [shown, { ...shown, name: `${name}95`, options: { ...shown.options, percentile: 95 } }]
    : [shown];
});
