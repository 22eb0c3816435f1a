import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { diceFocal } from "./reference/diceFocal";
import { diceTopK } from "./reference/diceTopK";
import { iou } from "./reference/iou";
import { topological } from "./reference/topological";
import { create, expectAnswers } from "./support/library";
import { product } from "./support/random";
import { answers, planesOf, type Reference } from "./support/reference";
import { gradientError, readVectors, valueError } from "./support/vectors";

const folder = mkdtempSync(join(tmpdir(), "segloss-vectors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (...given: string[]) =>
  spawnSync(process.execPath, ["scripts/vectors.mjs", ...given], { encoding: "utf8" });

const references = Object.entries({ iou, diceFocal, diceTopK, topological } as unknown as Record<string, Reference>);
describe.each(references)("the float64 reference of %s", (name, reference) => {
  test.each(readVectors(name))(
    "agrees with the shipped case $name",
    ({ inputs: { pred, target }, options, ...case_ }) => {
      const call = { pred, target, options };
      const value = reference.value(planesOf(call, pred.data), options);
      expect(valueError(value, case_.value as number)).toBeLessThanOrEqual(1e-12);
      // Differences take as many evaluations as there are numbers: small cases only.
      if (product(pred.shape) > 150) return;
      expect(gradientError(answers(reference, call).grad, case_.expected.grad)).toBeLessThanOrEqual(1e-7);
    },
  );
});

describe("npm run vectors", () => {
  mkdirSync(join(folder, "iou"));
  writeFileSync(join(folder, "iou/iou.json"), "[]");
  const refused = run("iou", folder),
    before = readFileSync(join(folder, "iou/iou.json"), "utf8"),
    { status, stderr, stdout } = run("iou", folder, "--force");

  test("writes cases", () => {
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^14 cases in /);
    const cases = readVectors("iou", folder);
    expect(cases).toHaveLength(14);
    // Every option of the reference is in some case, and no case is like another.
    for (const option of new Set(iou.options.flatMap(Object.keys)))
      expect(
        cases.some(({ options }) => option in options),
        option,
      ).toBe(true);
    expect(new Set(cases.map(({ value }) => value)).size).toBe(14);
  });

  test.each(status === 0 ? readVectors("iou", folder) : [])("$name: the library agrees", ({ options, ...rest }) => {
    expectAnswers(create("iou", options), rest);
  });

  test("replaces nothing unasked, and says which references there are", () => {
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringMatching(/iou\.json is there already/) });
    expect(before).toBe("[]");
    for (const [given, message] of [
      [[], /which loss\? References that can write vectors: .*iou/],
      [["iuo"], /no test\/reference\/iuo\.ts exports iuo: Reference\. .*iou/],
      [["iou", folder, "--fast"], /--fast/],
    ] as const)
      expect(run(...given)).toMatchObject({ status: 1, stderr: expect.stringMatching(message) });
  });
});
