import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { MetricPresetName } from "../dist/index.js";
import { seg } from "./support/library";

/** The page's five cases. */
interface SmallCase {
  readonly spacing: readonly number[];
  readonly truth: readonly string[];
  readonly prediction: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly metric: "hausdorffDistance";
    readonly options: object;
    readonly segloss: number | string;
    readonly libraries: Readonly<Record<string, number | string>>;
  }[];
}
const small: Readonly<Record<string, SmallCase>> = JSON.parse(
  readFileSync(new URL("../scripts/docs/smallCases.json", import.meta.url), "utf8"),
);
const tensorOf = (rows: readonly string[]) => ({
  data: Uint8Array.from(rows.join(""), (each) => (each === "#" ? 1 : 0)),
  shape: [1, rows.length, rows[0].length],
});
/** How each library is asked for a row, where a preset is it. */
const asked: Readonly<Record<string, Readonly<Record<string, readonly [MetricPresetName, object]>>>> = {
  MONAI: {
    HD: ["monai.HausdorffDistanceMetric", {}],
    HD95: ["monai.HausdorffDistanceMetric", { percentile: 95 }],
    "HD95 per direction": ["monai.HausdorffDistanceMetric", { percentile: 95 }],
    ASSD: ["monai.SurfaceDistanceMetric", { symmetric: true }],
    "NSD at 1": ["monai.SurfaceDiceMetric", { class_thresholds: [1] }],
  },
  MedPy: {
    HD: ["medpy.hd", {}],
    HD95: ["medpy.hd95", {}],
    "HD95 pooled": ["medpy.hd95", {}],
    ASSD: ["medpy.assd", {}],
  },
  MetricsReloaded: {
    HD: ["metricsreloaded.hd", {}],
    HD95: ["metricsreloaded.hd_perc", {}],
    "HD95 per direction": ["metricsreloaded.hd_perc", {}],
    ASSD: ["metricsreloaded.assd", {}],
    MASD: ["metricsreloaded.masd", {}],
    "NSD at 1": ["metricsreloaded.nsd", {}],
  },
};
/** To the four digits of the table; what raises is NaN here. */
const agrees = (value: number, wanted: number | string) => {
  if (wanted === "raises" || wanted === "NaN") return Number.isNaN(value);
  return wanted === "Infinity" ? value === Number.POSITIVE_INFINITY : Number(value.toPrecision(4)) === wanted;
};

describe("five small cases", () => {
  const rows = Object.entries(small).flatMap(([letter, each]) =>
    each.rows.map((row) => ({ ...row, ...each, rows: [], label: `${letter}: ${row.name}` })),
  );
  test.each(rows)("$label", ({ name, metric, options, segloss, libraries, spacing, truth, prediction }) => {
    const [t, p] = [tensorOf(truth), tensorOf(prediction)],
      ours = seg.metrics[metric](p, t, { labels: [1], spacing, ...options });
    expect([agrees(ours.value, segloss), ours.value]).toEqual([true, expect.any(Number)]);
    for (const [library, number] of Object.entries(libraries)) {
      const preset = asked[library]?.[name];
      if (!preset) {
        // Only what is not reproduced has none.
        expect(library).toMatch(/surface-distance|use_subvoxels/);
        continue;
      }
      const { value } = seg.metrics.preset(preset[0], p, t, preset[1] as never, {
        numClasses: 2,
        labels: [1],
        spacing,
      });
      expect([library, agrees(value, number), value]).toEqual([library, true, expect.any(Number)]);
    }
  });
});
