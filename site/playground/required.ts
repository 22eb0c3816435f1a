import type { metricCatalog } from "segloss";

/** What a metric has to be given: a tolerance of one pixel, or of one unit of spacing. */
export const required = ({ options }: Pick<(typeof metricCatalog)[number], "options">): Record<string, number> =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([, option]) => "required" in option)
      .map(([name]) => [name, 1]),
  );
