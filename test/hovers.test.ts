import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { catalog, metricCatalog, metricPresets, presets } from "../dist/index.js";

/** What stands in an editor: each line is asked about at the name after ¦. */
const lines: string[] = [];
/** The name of a test, and the line that asks. */
const ask = (line: string) => {
  lines.push(line);
  return [line.replace("¦", ""), lines.length - 1] as const;
};
const options = (call: string, names: readonly string[], required: readonly string[] = []) =>
  names.map((name) => {
    const others = required.filter((other) => other !== name).map((other) => `${other}: undefined as never, `);
    return ask(`${call}{ ${others.join("")}¦${name}: undefined as never });`);
  });

const utilities = {
  softmax: ["layout", "out"],
  argmax: ["layout", "out"],
  distanceTransform: ["spacing", "squared", "out"],
  signedDistanceTransform: ["spacing", "insideOffset", "out"],
  boundaryMask: ["connectivity", "width", "border", "out"],
  connectedComponents: ["connectivity", "out"],
  skeletonize: ["method", "out"],
  bettiNumbers: ["connectivity"],
  classWeights: ["numClasses", "method", "beta", "ignoreIndex"],
  regionWiseMap: ["numClasses", "map", "spacing", "ignoreIndex", "out"],
  boundaryAwareEncode: ["bins", "ignoreIndex", "truncation", "spacing", "out"],
  boundaryAwareDecode: ["bins", "mode", "threshold", "layout", "truncation", "spacing", "out"],
};
const asked = {
  losses: catalog.map(({ name }) => ask(`seg.¦${name}();`)),
  "options of losses": catalog.flatMap((loss) =>
    options(
      `seg.${loss.name}(`,
      Object.keys(loss.options).filter((name) => !/^loss(Options)?$/.test(name)),
    ),
  ),
  // What lossOptions holds hangs on the loss, so its name is there in words.
  "options of losses of losses": ["componentWise", "deepSupervision"].flatMap((name) => [
    ask(`seg.${name}({ ¦loss: "iou" });`),
    ask(`seg.${name}({ loss: "dice", ¦lossOptions: {} });`),
  ]),
  "losses of a pool": catalog.map(({ name }) => ask(`pool.¦${name}();`)),
  metrics: metricCatalog.map(({ name }) => ask(`seg.metrics.¦${name}(tensor, tensor);`)),
  "options of metrics": metricCatalog.flatMap((metric) =>
    options(`seg.metrics.${metric.name}(tensor, tensor, `, Object.keys(metric.options)),
  ),
  "metrics of a pool": metricCatalog.map(({ name }) => ask(`pool.metrics.¦${name}(tensor, tensor);`)),
  utilities: Object.keys(utilities).map((name) => ask(`seg.¦${name};`)),
  "utilities of a pool": Object.keys(utilities).map((name) => ask(`pool.¦${name};`)),
  "options of utilities": Object.entries(utilities).flatMap(([name, names]) =>
    options(`seg.${name}(tensor, `, names, /Encode|Map|classWeights/.test(name) ? [names[0]] : []),
  ),
  presets: presets.map(({ name }) => ask(`undefined! as PresetArguments[¦"${name}"];`)),
  "arguments of presets": presets.flatMap((preset) =>
    options(`seg.preset("${preset.name}", `, Object.keys(preset.arguments)),
  ),
  "metric presets": metricPresets.map(({ name }) => ask(`undefined! as MetricPresetArguments[¦"${name}"];`)),
  "arguments of metric presets": metricPresets.flatMap((preset) =>
    options(`seg.metrics.preset("${preset.name}", tensor, tensor, `, Object.keys(preset.arguments)),
  ),
  "what an instance and a loss do": [
    ...["value", "valueAndGrad", "prepare", "name", "options"].map((name) => ask(`seg.dice().¦${name};`)),
    ...["value", "grad", "grads"].map((name) => ask(`seg.dice().valueAndGrad(tensor, tensor).¦${name};`)),
    ...["value", "perClass", "counts"].map((name) => ask(`seg.metrics.dice(tensor, tensor).¦${name};`)),
    ...["create", "preset", "weightedSum", "tensor", "metrics", "loadInverseForm", "dispose"].map((name) =>
      ask(`seg.¦${name};`),
    ),
    ...["map", "size", "dispose"].map((name) => ask(`pool.¦${name};`)),
    ...["pixelWeights", "skeleton", "components", "pred1", "pred2", "pred7"].map((name) =>
      ask(`seg.dice().value(tensor, tensor, { ¦${name}: undefined as never });`),
    ),
    ...["data", "shape", "dispose"].map((name) => ask(`seg.tensor([1]).¦${name};`)),
    ...["value", "valueAndGrad", "prepare"].map((name) => ask(`pool.dice().¦${name};`)),
    ...["layout", "ignoreIndex", "activation"].map((name) =>
      ask(`seg.preset("monai.DiceLoss", {}, { ¦${name}: undefined as never });`),
    ),
    ask("¦SegLossError;"),
    ask("¦load();"),
    ask("¦createPool();"),
  ],
};

const head = `import { load, type MetricPresetArguments, type PresetArguments } from "./dist/index.js";
import { SegLossError, type TensorLike } from "./dist/index.js";
import { createPool } from "./dist/workers.js";
const seg = await load(), pool = await createPool(), tensor: TensorLike = undefined!;
`;
const root = fileURLToPath(new URL("..", import.meta.url)),
  file = `${root}editor.ts`,
  text = head + lines.map((line) => line.replace("¦", "")).join("\n"),
  settings = {
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, lib: ["lib.es2022.d.ts", "lib.dom.d.ts"] },
    ...{ moduleResolution: ts.ModuleResolutionKind.Bundler, strict: true, types: [], skipLibCheck: true },
  };
const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => {
    const found = name === file ? text : ts.sys.readFile(name);
    return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
  },
  getCurrentDirectory: () => root,
  getCompilationSettings: () => settings,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
});
const starts = lines.map(
  // Without ¦, but with the end of the line.
  (_, i) => lines.slice(0, i).reduce((sum, line) => sum + line.length, head.length),
);

/** What an editor shows of the name after ¦ in a line. */
function hover(index: number): string {
  const { documentation } = service.getQuickInfoAtPosition(file, starts[index] + lines[index].indexOf("¦")) ?? {};
  return (documentation ?? []).map((part) => part.text).join("");
}

test("the lines are as a user writes them", () => {
  const found = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
});

describe.each(Object.entries(asked))("words on hover: %s", (_, cases) => {
  test.each(cases)("%s", (_, index) => expect(hover(index).length).toBeGreaterThan(15));
});

test("a loss says its formula, symbols, shapes and source", () => {
  const line = lines.indexOf("seg.¦tversky();"),
    info = service.getQuickInfoAtPosition(file, starts[line] + lines[line].indexOf("¦"));
  for (const words of ["(I + s) / (I + alpha FP + beta FN + s)", "alpha: option", "[B, C, ...spatial]"])
    expect(hover(line)).toContain(words);
  expect(ts.displayPartsToString(info?.displayParts)).toContain("TverskyOptions");
  expect(info?.tags?.map(({ name }) => name)).toEqual(["throws", "see"]);
});

test.each(catalog.map((loss) => [loss.name, loss] as const))("%s says what it takes", (name, { needs, unweighted }) => {
  const text = hover(lines.indexOf(`seg.¦${name}();`));
  if (needs.activation) expect(text).toContain(`logits of activation "${needs.activation}" alone`);
  expect(text).toContain(unweighted ?? "weights of pixels: the extra input `pixelWeights`");
});

test("an option says its meaning, range and default", () => {
  const text = hover(lines.indexOf("seg.topK({ ¦k: undefined as never });"));
  expect(text).toMatch(/\. A number in \(0, 1\]\. Default: 0\.1\./);
});

test("the types with words are those that the catalogs imply", () => {
  const types = ["LossOptions", "MetricOptions", "PresetArguments"],
    from = { LossOptions: "catalog/index", MetricOptions: "metrics/catalog", PresetArguments: "presets/index" };
  const code = types.map((name) => {
    const path = from[name as keyof typeof from];
    return `{ type A = import("./src/${path}.js").${name}; type B = import("./dist/index.js").${name};
      type Same<X, Y> = [X] extends [Y] ? ([Y] extends [X] ? (keyof X extends keyof Y ? true : false) : false) : false;
      // Options of the loss that another evaluates hang on its name, which test/types holds.
      type Plain<X> = Omit<X, "lossOptions">;
      type Different = { [N in keyof A | keyof B]: N extends keyof A & keyof B
        ? Same<Required<Plain<A[N]>>, Required<Plain<B[N]>>> extends true ? never : N : N }[keyof A | keyof B];
      const different: never = undefined! as Different; void different; }`;
  });
  const host = ts.createCompilerHost(settings),
    read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, `export {};\n${code.join("\n")}`, rest[0]) : read(name, ...rest);
  const program = ts.createProgram([file], { ...settings, noEmit: true }, host),
    found = program.getSemanticDiagnostics(program.getSourceFile(file));
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
});
