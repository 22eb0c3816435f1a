import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { catalog } from "../dist/index.js";

const root = fileURLToPath(new URL("..", import.meta.url)),
  folder = join(root, "test/types"),
  files = readdirSync(folder).map((name) => join(folder, name));

function complaints(strict: boolean): string[] {
  const program = ts.createProgram(files, {
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, noEmit: true, strict },
    ...{ moduleResolution: ts.ModuleResolutionKind.Bundler, skipLibCheck: true, types: [] },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start as number).line + 1 : 0;
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

describe("types", () => {
  test.each([true, false])("take what the calls take, and nothing else (strict: %s)", (strict) => {
    expect(complaints(strict)).toEqual([]);
  });

  test("name every extra input, and no other", () => {
    const [, text] = readFileSync(join(root, "src/tensors/extras.ts"), "utf8").match(
      /interface ExtraInputs \{([\s\S]*?)\n\}/,
    ) as RegExpMatchArray;
    expect([...text.matchAll(/readonly (\w+)\?/g)].map(([, name]) => name).sort()).toEqual(
      ["pixelWeights", ...catalog.flatMap(({ extras }) => extras)].sort(),
    );
  });
});
