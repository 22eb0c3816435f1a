import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const assembly = fileURLToPath(new URL("../assembly", import.meta.url)),
  frame = readFileSync(join(assembly, "tile/frame.ts"), "utf8");

describe("the drawing of a call's memory", () => {
  const drawing = frame.slice(0, frame.indexOf("*/")),
    words = [...drawing.matchAll(/`(\w+)`/g)].map(([, word]) => word),
    fields = [...frame.matchAll(/^ {2}(\w+): (\w+);/gm)].map(([, name, type]) => ({ name, type }));

  test("names what there is", () => {
    const source = (readdirSync(assembly, { recursive: true }) as string[])
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(assembly, file), "utf8"))
      .join("\n");
    const declared = new Set([...source.matchAll(/\b(?:class|const|enum|function) (\w+)/g)].map(([, name]) => name));
    for (const { name } of fields) declared.add(name);
    expect(words.length).toBeGreaterThan(10);
    expect(words.filter((word) => !declared.has(word))).toEqual([]);
  });

  test("has every address of the frame", () => {
    const own = ["pitch", "unitWeightPitch", "source"]; // bytes between planes, and what is on its way in
    const addresses = fields.filter(({ type, name }) => type === "usize" && !own.includes(name));
    expect(addresses.length).toBeGreaterThan(5);
    expect(addresses.map(({ name }) => name).filter((name) => !words.includes(name))).toEqual([]);
  });
});
