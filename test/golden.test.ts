import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type LossName, load, type MetricName, type SegLoss } from "../dist/index.js";
import { expectAnswers } from "./support/library";
import { readVectors, valueError } from "./support/vectors";

const seg = await load();

const casesOf = (name: string) => readVectors(name).filter(({ loss }) => loss === undefined || loss in seg);

describe.each(readdirSync(new URL("./vectors", import.meta.url)).filter((name) => !name.includes(".")))(
  "%s",
  (name) => {
    test.each(casesOf(name))("$name", ({ loss, utility, metric, options, inputs, value, expected, derivative }) => {
      const { pred, target } = inputs;
      if (utility) {
        const [input] = Object.values(inputs);
        const { data, ...rest } = (
          seg[utility as keyof SegLoss] as unknown as (
            input: unknown,
            options: object,
          ) => { data: Float32Array } & Record<string, Int32Array>
        )(input, options);
        const { output, ...others } = expected;
        expect(data.length).toBe(output.length);
        for (const [i, e] of output.entries()) expect(valueError(data[i], e)).toBeLessThanOrEqual(1e-6);
        for (const [result, numbers] of Object.entries(others))
          expect(Array.from(rest[result]), result).toEqual(Array.from(numbers));
        return;
      }
      if (metric) {
        const line =
          pred.shape.length === (pred.data instanceof Float32Array ? 3 : 2) ? { spatialDims: 1 as const } : {};
        const result = seg.metrics[metric as MetricName](pred, target, { ...line, ...options });
        for (const [name, numbers] of Object.entries(expected)) {
          const found = (result as unknown as Record<string, number | Float64Array>)[name],
            got = typeof found === "number" ? [found] : found;
          expect(got.length, name).toBe(numbers.length);
          for (const [i, e] of numbers.entries())
            expect(valueError(got[i], e), `${name} ${i}: ${got[i]} for ${e}`).toBeLessThanOrEqual(1e-6);
        }
        expect(valueError(result.value, value as number)).toBeLessThanOrEqual(1e-6);
        return;
      }
      expectAnswers(seg.create(loss as LossName, options), { inputs, value, expected, derivative });
    });
  },
);
