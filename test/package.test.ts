import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load } from "../dist/index.js";

const root = fileURLToPath(new URL("..", import.meta.url)),
  folder = mkdtempSync(join(tmpdir(), "segloss-"));
// As from a user's own shell: without this repository's settings, and without the npm that one of its tools brings
// along.
const own = (process.env.PATH ?? "").split(delimiter).filter((path) => !path.includes(join("node_modules", ".bin")));
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|NODE_OPTIONS|VITEST)/i.test(name)),
  ),
  PATH: own.join(delimiter),
};
const run = (command: string, args: string[]) => {
  try {
    return execFileSync(command, args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(
      `${command} ${args.join(" ")}\n${(error as { stdout: string }).stdout}\n${(error as { stderr: string }).stderr}`,
    );
  }
};
let packed: string[] = [];

beforeAll(() => {
  const [{ filename, files }] = JSON.parse(
    run("npm", ["pack", root, "--json", "--ignore-scripts", "--pack-destination", folder]),
  ) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", `./${filename}`]);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dice = `
  const pred = { data: Float32Array.of(2, -1, 0, 3, -2, 1, 0, -3), shape: [1, 2, 2, 2] },
    target = { data: Uint8Array.of(0, 1, 1, 0), shape: [1, 2, 2] };
  const { value, grad } = seg.dice().valueAndGrad(pred, target);
`;
const numbers = (text: string) =>
  JSON.parse(text.trim().split("\n").at(-1) as string) as { value: number; grad: number[] };

describe("the packed package", () => {
  test("holds the built files and nothing else", () => {
    const others = packed.filter(
      (path) =>
        !/^(dist\/[\w./-]+\.(js|d\.ts|wasm|bin)|docs\/[\w/]+\.(md|svg)|README\.md|LICENSE|package\.json)$/.test(path),
    );
    expect(others).toEqual([]);
    for (const path of [
      "dist/index.js",
      "dist/index.d.ts",
      "dist/segloss.wasm",
      "dist/inverse-form.bin",
      "README.md",
      "LICENSE",
      "package.json",
    ])
      expect(packed).toContain(path);
  });

  test("is described for JSR with the same version and entries", () => {
    const read = (name: string) => JSON.parse(readFileSync(join(root, name), "utf8")),
      jsr = read("jsr.json"),
      { version, license, exports } = read("package.json");
    expect([jsr.version, jsr.license]).toEqual([version, license]);
    const entries = Object.entries(exports as Record<string, { types?: string; default: string }>).filter(
      ([, entry]) => entry.types,
    );
    expect(jsr.exports).toEqual(Object.fromEntries(entries.map(([path, entry]) => [path, entry.default])));
  });

  test("points only to files that it holds, and needs no other package", () => {
    const manifest = JSON.parse(readFileSync(join(folder, "node_modules/segloss/package.json"), "utf8")) as Record<
      string,
      unknown
    >;
    const paths = (value: unknown): string[] =>
      typeof value === "string" ? [value] : Object.values(value as object).flatMap(paths);
    for (const path of [manifest.exports, manifest.bin ?? {}, manifest.main ?? {}, manifest.types ?? {}].flatMap(paths))
      expect(packed).toContain(path.replace(/^\.\//, ""));
    expect([manifest.dependencies ?? {}, manifest.type]).toEqual([{}, "module"]);
    const optional = manifest.peerDependenciesMeta as Record<string, { optional: boolean }>;
    for (const peer of Object.keys(manifest.peerDependencies as object))
      expect([peer, optional[peer]]).toEqual([peer, { optional: true }]);
    expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["segloss"]);
  });

  test("computes in an ES module and through require", async () => {
    const report = "console.log(JSON.stringify({ value, grad: Array.from(grad) }));";
    writeFileSync(
      join(folder, "run.mjs"),
      `import { load } from "segloss";\nconst seg = await load();${dice}${report}`,
    );
    writeFileSync(
      join(folder, "run.cjs"),
      `import("segloss").then(async ({ load }) => {\nconst seg = await load();${dice}${report}\n});`,
    );
    const here = (await load())
      .dice()
      .valueAndGrad(
        { data: Float32Array.of(2, -1, 0, 3, -2, 1, 0, -3), shape: [1, 2, 2, 2] },
        { data: Uint8Array.of(0, 1, 1, 0), shape: [1, 2, 2] },
      );
    for (const file of ["run.mjs", "run.cjs"])
      expect(numbers(run(process.execPath, [file]))).toEqual({ value: here.value, grad: Array.from(here.grad) });
    // By hand: the shares of class 0 are sigmoid(4, -2, 0, 6), those of class 1 their complements.
    const p = [4, -2, 0, 6].map((x) => 1 / (1 + Math.exp(-x))),
      q = p.map((x) => 1 - x),
      sum = (numbers: number[]) => numbers.reduce((a, b) => a + b);
    const overlap = (mine: number[], inside: number[]) => 1 - (2 * sum(inside) + 1e-5) / (sum(mine) + 2 + 1e-5);
    expect(here.value).toBeCloseTo((overlap(p, [p[0], p[3]]) + overlap(q, [q[1], q[2]])) / 2, 6);
  });

  const good = `
    import { catalog, load, SegLossError, type Loss, type LossName, type LossOptions, type SegLossErrorCode,
      type TensorLike, type ValueAndGrad } from "segloss";
    import { decodeRle, encodeRle, imageFromLabels, labelsFromImage, labelsFromRles, type LabelMap,
      type Rle } from "segloss/masks";
    import { createPool, type AsyncLoss, type Pool, type PoolTarget } from "segloss/workers";
    import { type TensorFlow, type TfTensor, toLoss, toMetric } from "segloss/tfjs";
    const seg = await load();
    const coco: Rle = { size: [2, 2], counts: [0, 4] }, counts: string = encodeRle(decodeRle(coco)).counts,
      runs: readonly number[] = encodeRle(decodeRle(coco), { compressed: false }).counts;
    const canvas = document.createElement("canvas"), painted = imageFromLabels(decodeRle(coco), { palette: ["#000000",
      [255, 0, 0]] });
    const maps: LabelMap[] = [canvas, new OffscreenCanvas(2, 2), new ImageData(painted.data, 2, 2),
      painted].map((image) => labelsFromImage(image, { palette: { 0: "#000000" }, unknown: 255 }));
    seg.dice().value({ data: new Float32Array(4), shape: [1, 1, 2, 2] }, labelsFromRles([{ segmentation: coco,
      category_id: 1 }], { overlap: "error" }));
    console.log(counts, runs, maps);
    const pool: Pool = await createPool({ workers: 1 }), asyncLoss: AsyncLoss = pool.dice({ smooth: 1 });
    const kept: PoolTarget = await asyncLoss.prepare({ data: new Uint8Array(3), shape: [1, 3] }),
      { value: later }: ValueAndGrad = await asyncLoss.valueAndGrad({ data: new Float32Array(6), shape: [1, 2, 3] },
      kept, { signal: new AbortController().signal, transfer: true });
    const smoothed: Float32Array = (await pool.softmax({ data: new Float32Array(6), shape: [1, 2, 3] }, {},
      { transfer: true })).data, score: number = (await pool.metrics.dice(kept.tensor, kept.tensor)).value;
    console.log(later, smoothed, score, await pool.map([1, 2], async (n) => n));
    const loss: Loss = seg.dice({ includeBackground: false, classes: "present", smooth: 1, classWeights: [1, 2],
      ignoreIndex: null });
    const same: Loss = seg.create("dice", { batch: true });
    const pred: TensorLike = { data: new Float32Array(6), shape: [1, 2, 3] };
    const onnx: TensorLike = { data: new Float32Array(6), dims: [1, 2, 3] as const };
    type OnnxRuntime = { readonly type: "float32" | "int64" | "string";
      readonly data: Float32Array | BigInt64Array | string[]; readonly dims: readonly number[];
      readonly location: "cpu" | "gpu-buffer" };
    interface NdArray { data: Float64Array; shape: number[]; stride: number[]; offset: number;
      get(...at: number[]): number }
    interface Transformers { data: Float32Array | BigInt64Array | any[]; dims: number[]; type: string;
      location: string; stride(): number[] }
    const foreign = (one: OnnxRuntime, other: NdArray, third: Transformers): TensorLike[] => [one, other, third,
      { data: new Uint8Array(6), width: 3, height: 2, channels: 1 }];
    seg.dice().value({ type: "float16", data: new Uint16Array(6), dims: [1, 2, 3] }, { data: new BigInt64Array(3),
      dims: [1, 3] });
    const { value, grad, grads }: ValueAndGrad = loss.valueAndGrad(pred, loss.prepare({ data: new Uint8Array(3),
      shape: [1, 3] }), { out: new Float32Array(6) });
    const numbers: number = value + grad.length + Object.keys(grads).length + same.value(onnx, pred);
    const name: LossName = "focal";
    const options: LossOptions["focal"] = { gamma: 2, alpha: 0.25 };
    const sum: Loss = seg.weightedSum([{ weight: 0.5, loss }, { weight: 1, loss: seg.create(name, options) }]);
    const tensor = seg.tensor([1, 2, 3]), bytes: Uint8Array = seg.tensor([3], "uint8").data,
      floats: Float32Array = tensor.data;
    const code: SegLossErrorCode = new SegLossError("DISPOSED", "").code;
    const titles: string[] = catalog.map((entry) => entry.title);
    declare const tf: TensorFlow<TfTensor, TfTensor>;
    const functions: readonly ((yTrue: TfTensor, yPred: TfTensor) => TfTensor)[] = [toLoss(tf, loss), toMetric(tf,
      seg.metrics.iou, { emptyScore: 1, oneHot: true })];
    console.log(foreign, numbers, sum.name, bytes, floats, code, titles, functions);
  `;
  const bad = [
    "seg.dice({ smoth: 1 })",
    "seg.dice({ smooth: '1' })",
    "seg.dice({ classes: 'some' })",
    "seg.dice({ classWeights: 2 })",
    "seg.dice({ reduction: 'none' })",
    "seg.focal({ gamma: null })",
    "seg.dice({ batch: 1 })",
    "seg.create('dyce')",
    "seg.create('dice', { gamma: 2 })",
    "seg.create('focal', { smooth: 1 })",
    "seg.nothing()",
    "seg.tensor([1], 'float64')",
    "seg.dice().value(3, 4)",
    "seg.dice().value({ data: new Float32Array(1) }, pred)",
    "seg.dice().value({ data: [true], shape: [1] }, pred)",
    "seg.dice().value({ data: new Uint8Array(4), width: 1, height: 1 }, pred)",
    "seg.weightedSum([{ weight: '1', loss }])",
    "seg.crossEntropy({ posWeight: 'x' })",
    "seg.crossEntropy().valueAndGrad(pred, pred, { out: [1] })",
    "loss.options.smooth = 1",
    "pool.dice({ smoth: 1 })",
    "createPool({ worker: 1 })",
    "await asyncLoss.value(pred, 3)",
    "labelsFromImage(canvas, { palette: [true] })",
    "labelsFromImage(canvas, {})",
    "decodeRle({ size: [1, 1], counts: [[1]] })",
    "seg.tensor([1], 'uint8').data satisfies Float32Array",
    "toLoss(tf, 'dice')",
    "toMetric(tf, seg.metrics.iou, { percentile: 95 })",
  ];

  test.each([
    ["nodenext", "nodenext"],
    ["bundler", "esnext"],
  ])("has strict types under moduleResolution %s", (moduleResolution, module) => {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2022",
      lib: ["es2022", "dom"],
      types: [],
      module,
      moduleResolution,
      skipLibCheck: false,
    };
    mkdirSync(join(folder, moduleResolution), { recursive: true });
    writeFileSync(
      join(folder, moduleResolution, "use.ts"),
      `${good}\n${bad.map((line) => `// @ts-expect-error\n${line};`).join("\n")}\n`,
    );
    writeFileSync(
      join(folder, moduleResolution, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["use.ts"] }),
    );
    expect(run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", moduleResolution])).toBe("");
  });
});

/** Loads twenty instances, and counts whatever of it compiles. */
const once = `
  import { load } from "segloss";
  const { Module } = WebAssembly;
  Response; // Node compiles its own parser of HTTP when this is first named.
  let compiled = 0;
  for (const name of ["Module", "compile", "compileStreaming", "instantiate", "instantiateStreaming"])
    WebAssembly[name] = new Proxy(WebAssembly[name], {
      construct: (work, given) => (compiled++, new work(...given)),
      // An instance of what is a module already compiles nothing.
      apply: (work, that, given) => (given[0] instanceof Module || compiled++, Reflect.apply(work, that, given)),
    });
  const instances = await Promise.all(Array.from({ length: 10 }, () => load()));
  while (instances.length < 20) instances.push(await load());
  const memories = new Set(instances.map((seg) => seg.tensor([1]).data.buffer)).size;
  console.log(JSON.stringify({ memories, compiled }));
`;

describe("load", () => {
  const wasm = new URL("../dist/segloss.wasm", import.meta.url),
    bytes = readFileSync(wasm);
  const value = async (source: Parameters<typeof load>[0]) => {
    const seg = await load(source);
    return seg
      .crossEntropy()
      .value(
        { data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 1, 2] },
        { data: Uint8Array.of(0, 1), shape: [1, 1, 2] },
      );
  };

  test("takes the kernels from a URL, a path, bytes, a module or a response", async () => {
    const expected = await value({}),
      buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const sources = [
      wasm,
      wasm.href,
      pathToFileURL(fileURLToPath(wasm)),
      `data:application/wasm;base64,${bytes.toString("base64")}`,
      bytes,
      buffer,
      await WebAssembly.compile(buffer),
    ];
    for (const source of sources) expect(await value({ wasm: source })).toBe(expected);
    expect(await value({ wasm: new Response(buffer, { headers: { "content-type": "application/wasm" } }) })).toBe(
      expected,
    );
    expect(await value(undefined)).toBe(expected);
  });

  test("gives each instance memory of its own, and compiles once", async () => {
    // In a copy of the package of its own, which no other test has made compile anything.
    const file = join(folder, "once.mjs");
    writeFileSync(file, once);
    const { memories, compiled } = JSON.parse(run(process.execPath, [file]));
    expect({ memories, compiled }).toEqual({ memories: 20, compiled: 1 });
  });

  test("rejects what holds no kernels", async () => {
    for (const source of [
      new Uint8Array([1, 2, 3]),
      new URL("file:///nowhere/segloss.wasm"),
      new Response("no", { status: 404 }),
    ])
      await expect(load({ wasm: source })).rejects.toThrow();
  });
});
