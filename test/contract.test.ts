import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { type MetricName, metricCatalog } from "../dist/index.js";
import { create, errorOf, losses, lossOf, seg, settingsFor } from "./support/library";
import { type Case, differentiable, makeCase, optionSamples, type Setting, settings, varied } from "./support/random";
import { gradientError, readVectors, valueError } from "./support/vectors";

const root = fileURLToPath(new URL("..", import.meta.url));
const names = losses.map(({ name }) => name);
const folders = readdirSync(join(root, "test/vectors")).filter((name) => !name.includes("."));

const declarationOf = (name: string) => losses.find((loss) => loss.name === name) as (typeof losses)[number];

let rows: string[] | undefined;
/** The losses that `segloss compare` reports of an image with three classes. */
function compared(): string[] {
  if (rows) return rows;
  const folder = mkdtempSync(join(tmpdir(), "segloss-contract-")),
    shape = "(1, 3, 12, 13)",
    text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const { pred, target } = makeCase(settings[0], 80, [12, 13], 1),
    head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text.padEnd(117)}\n`, "latin1");
  head.writeUInt16LE(118, 8);
  writeFileSync(join(folder, "a.npy"), Buffer.concat([head, Buffer.from(pred.data.buffer)]));
  writeFileSync(
    join(folder, "a.png"),
    encode({ width: 13, height: 12, channels: 1, depth: 8, data: target.data as Uint8Array }),
  );
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "dist/cli.js"), "compare", "--pred", "a.npy", "--target", "a.png", "--json"],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  rows = (JSON.parse(stdout) as { results: { loss: string }[] }).results.map(({ loss }) => loss);
  return rows;
}

/** The survey's 25 losses, by its levels. */
const survey = {
  pixel: ["crossEntropy", "topK", "focal", "distanceMapCrossEntropy"],
  region: [
    ...["dice", "logCoshDice", "generalizedWassersteinDice", "iou", "lovaszSoftmax", "tversky", "focalTversky"],
    ...["sensitivitySpecificity", "regionMutualInformation", "robustT"],
  ],
  boundary: [
    ...["boundary", "hausdorffDistance", "boundaryAware", "activeBoundary"],
    ...["inverseForm", "conditionalBoundary", "boundaryDifferenceOverUnion", "regionWise"],
  ],
  combination: ["combo", "exponentialLogarithmic", "unifiedFocal"],
};

describe("the catalog", () => {
  test("holds the survey's 25 losses, each once and in its order, whatever else it holds", () => {
    expect(Object.values(survey).flat()).toHaveLength(25);
    for (const [level, expected] of Object.entries(survey))
      expect(
        losses.filter(({ name, category }) => category === level && expected.includes(name)).map(({ name }) => name),
      ).toEqual(expected);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(losses)(
    "$name has a value, a gradient, vectors, a page, and its row of segloss compare",
    ({ name, needs }) => {
      const [each] = settingsFor(declarationOf(name)),
        { pred, target, options } = makeCase(each, 80, [12, 13]);
      const { value, grad } = create(name, { ...options, ...differentiable(declarationOf(name)) }).valueAndGrad(
        pred,
        target,
      );
      expect([Number.isFinite(value), grad.length, grad.some((g) => g !== 0)]).toEqual([true, pred.data.length, true]);
      expect(folders).toContain(name);
      expect(existsSync(join(root, `docs/losses/${name}.md`))).toBe(true);
      // Its image has classes that compete.
      if (needs.activation !== "sigmoid") expect(compared()).toContain(name);
    },
  );

  test.each(losses)("$name says what it is", (declaration) => {
    const { title, category, formula, reference, advantages, disadvantages, useCases, options } = declaration;
    for (const text of [
      title,
      formula,
      reference.authors,
      reference.title,
      ...advantages,
      ...disadvantages,
      ...useCases,
    ])
      expect(text.trim().length).toBeGreaterThan(3);
    expect(reference.year).toBeGreaterThan(1950);
    expect(["pixel", "region", "boundary", "combination"]).toContain(category);
    expect(Math.min(advantages.length, disadvantages.length, useCases.length)).toBeGreaterThan(0);
    for (const [option, { meaning }] of Object.entries(options)) expect(meaning.length, option).toBeGreaterThan(5);
    for (const option of ["activation", "ignoreIndex", "reduction", "layout"]) expect(options).toHaveProperty(option);
  });

  test.each(losses)("$name has a method, and options that JSON can hold", ({ name, options }) => {
    expect(typeof (seg as unknown as Record<string, unknown>)[name]).toBe("function");
    const loss = create(name);
    expect(loss.name).toBe(name);
    expect(Object.keys(loss.options)).toEqual(Object.keys(options));
    expect(JSON.parse(JSON.stringify(loss.options))).toEqual(loss.options);
    for (const [option, value] of Object.entries(loss.options)) {
      if (options[option].type === "options") continue; // those of another loss, filled in
      const declared = options[option].default;
      // A default may be the name of another option.
      const inherits = options[option].type === "number" && typeof declared === "string";
      expect(value, option).toEqual(inherits ? loss.options[declared] : declared);
    }
    expect(create(name, loss.options).options).toEqual(loss.options);
  });
});

describe("the vectors", () => {
  test("there are eight cases or more of every metric", () => {
    for (const { name } of metricCatalog)
      expect(readVectors(`metric-${name}`).filter(({ metric }) => metric === name).length).toBeGreaterThanOrEqual(8);
  });

  test.each(names)("%s has ten cases or more of its own, or six if it is not of the survey", (name) => {
    expect(folders).toContain(name);
    expect(readVectors(name).filter(({ loss }) => loss === name).length).toBeGreaterThanOrEqual(
      Object.values(survey).flat().includes(name) ? 10 : 6,
    );
  });

  test.each(folders)("%s: every case is for something that there is", (folder) => {
    const cases = readVectors(folder);
    for (const { name, loss, utility, metric, options } of cases) {
      if (loss !== undefined) {
        if (folder === "softOverlap" && !(names as readonly string[]).includes(loss)) continue; // still to come
        expect(names).toContain(loss);
        expect(() => create(loss, options), name).not.toThrow();
      } else if (utility !== undefined)
        expect(typeof (seg as unknown as Record<string, unknown>)[utility], name).toBe("function");
      else expect(typeof seg.metrics[metric as MetricName], name).toBe("function");
    }
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});

/** Inputs on which options can show: a class that one sample lacks, or all, and a few ignored labels. */
function revealing(each: Setting, spatial: readonly number[]): Case[] {
  const inputs = makeCase(each, 81, spatial),
    { target, options } = inputs;
  if (each.target === "soft" || each.classes < 3) return [inputs];
  const half = target.data.length / 2,
    lacking = target.data.map((label, i) => (i < half && label === 2 ? 1 : label)) as Uint8Array;
  const absent = target.data.map((label) => (label === 2 ? 1 : label)) as Uint8Array;
  return [inputs, ...[lacking, absent].map((data) => ({ ...inputs, options, target: { ...target, data } }))];
}

describe("every option does something", () => {
  const samples = losses.flatMap((declaration) =>
    Object.keys(declaration.options)
      .filter((option) => !varied.includes(option))
      .map((option) => ({ declaration, option })),
  );

  test.each(samples)("$declaration.name: $option", ({ declaration, option }) => {
    const { name } = declaration,
      seen = new Map<string, boolean>();
    // Larger images for what looks at windows of pixels, where small ones show nothing.
    const cases = [
      [5, 7],
      [23, 26],
    ].flatMap((spatial) => settingsFor(declaration).map((each) => ({ each, spatial })));
    for (const { each, spatial } of cases) {
      if (seen.size > 0 && spatial[0] > 5 && [...seen.values()].every(Boolean)) break;
      for (const { value, base, also } of optionSamples(declaration, each.classes).filter(
        (sample) => sample.option === option,
      )) {
        const key = Array.isArray(value) ? "list" : JSON.stringify(value);
        for (const inputs of revealing(each, spatial)) {
          try {
            const plain = lossOf(name, inputs, base).valueAndGrad(inputs.pred, inputs.target),
              changed = lossOf(name, inputs, { ...also, [option]: value }).valueAndGrad(inputs.pred, inputs.target);
            const differs =
              valueError(changed.value, plain.value) > 1e-5 || gradientError(changed.grad, plain.grad) > 1e-4;
            seen.set(key, seen.get(key) || differs);
          } catch (error) {
            expect(
              errorOf(() => {
                throw error;
              }).code,
            ).toBe("UNSUPPORTED");
          }
        }
      }
    }
    // What needs extra inputs, such as weights of its size, is looked at by the vectors.
    if (seen.size === 0) expect(readVectors(name).some(({ options }) => option in options)).toBe(true);
    expect(
      [...seen].filter(([, differs]) => !differs).map(([value]) => value),
      "values that change nothing",
    ).toEqual([]);
  });

  test.each(losses)("$name: activation, ignoreIndex and layout", (declaration) => {
    const { name } = declaration,
      size = declaration.needs.planar ? 16 : 3, // [2, 3, 3, 3] can be read in both layouts
      { pred, target } = makeCase({ ...settings[0], classes: size }, 82, [size, size]);
    const plain = create(name).valueAndGrad(pred, target);
    const differs = (options: object, given = pred, before = plain) => {
      const { value, grad } = create(name, options).valueAndGrad(given, target);
      return valueError(value, before.value) > 1e-5 || gradientError(grad, before.grad) > 1e-4;
    };
    const probabilities = { ...pred, data: pred.data.map((z) => 1 / (1 + Math.exp(-z))) };
    if (!declaration.needs.activation)
      expect(differs({ activation: "none" }, probabilities, create(name).valueAndGrad(probabilities, target))).toBe(
        !declaration.raw,
      );
    expect(differs({ layout: "channelsLast" })).toBe(true);
    expect([0, 1, 2].some((ignoreIndex) => differs({ ignoreIndex }))).toBe(true);
    const other = declaration.options.activation.default === "softmax" ? "sigmoid" : "softmax";
    if (!declaration.needs.categorical && !declaration.needs.activation)
      expect(differs({ activation: other })).toBe(!declaration.raw);
  });
});

describe("the source", () => {
  const files = ["assembly", "src", "cli"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      (readdirSync(join(root, folder), { recursive: true }) as string[])
        .filter((file) => file.endsWith(".ts"))
        .map((file) => posix.join(folder, file.replaceAll("\\", "/"))),
    );
  const text = (file: string) => readFileSync(join(root, file), "utf8");
  /** What a file imports from within the repository, as paths without ending. */
  const imports = (file: string) =>
    [...text(file).matchAll(/^(?:import|export)\b[^;]*?from "(\.[^"]+)"/gms)].map(([, path]) =>
      posix.join(posix.dirname(file), path).replace(/\.js$/, ""),
    );
  /**
   * The rooms in order: each imports only from itself and from rooms before it. The same table stands in
   * CONTRIBUTING.md.
   */
  const rooms = {
    assembly: "protocol math tile activation neighbourhood edges overlap planes pixelwise losses index",
    src: `errors exact options tensors masks topology bindings engine targets terms utilities catalog presets metrics
        instance
      exports pool index workerd worker workers jax tfjs files`,
  };
  /**
   * The folder below the top one that a file stands in, or the file itself; a door (src/jax.ts) and its room are one.
   */
  const roomOf = (file: string) => file.split("/")[1].replace(/\.(d\.)?ts$/, "");
  const own = files.filter((file) => !file.includes("__tests__"));

  test("has imports to check", () => expect(files.flatMap(imports).length).toBeGreaterThan(50));

  describe.each(["assembly", "src"] as const)("%s", (top) => {
    const order = rooms[top].split(/\s+/),
      inside = own.filter((file) => file.startsWith(`${top}/`));

    test("has a place in the order for every room, and a file in every room", () => {
      const found = new Set(inside.map(roomOf));
      found.delete("wasm"); // src/wasm.d.ts declares what esbuild imports
      expect([...found].sort()).toEqual([...order].sort());
    });

    test.each(order)("%s imports only rooms before it", (room) => {
      const up = inside
        .filter((file) => roomOf(file) === room)
        .flatMap((file) =>
          imports(file)
            .filter((path) => path.startsWith(`${top}/`) && order.indexOf(roomOf(path)) > order.indexOf(room))
            .map((path) => `${file} -> ${path}`),
        );
      expect(up).toEqual([]);
    });
  });

  test("CONTRIBUTING.md has every room of the order, in the order", () => {
    const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
    for (const top of ["assembly", "src"] as const) {
      const rows = [...page.matchAll(new RegExp(`^\\| \`${top}/([\\w.]+)/?\``, "gm"))].map(([, name]) =>
        name.replace(".ts", ""),
      );
      expect(rows).toEqual(rooms[top].split(/\s+/));
    }
  });

  test.each([
    ["the frame imports nothing", /^assembly\/tile\/frame\.ts/, /./],
    ["losses do not import each other", /^assembly\/losses\//, /^assembly\/losses\//],
    ["declarations see no memory", /^src\/catalog\//, /^src\/bindings\/(?!masks\/distance)/],
    [
      "the command line uses the package, not its insides but for what reads files and suggests names",
      /^cli\//,
      /^src\/(?!index|files\/|options\/suggestion)/,
    ],
  ] as const)("%s", (_, from, to) => {
    const inRoom = own.filter((file) => from.test(file));
    expect(inRoom.length).toBeGreaterThan(0);
    expect(
      inRoom.flatMap((file) =>
        imports(file)
          .filter((path) => to.test(path))
          .map((path) => `${file} -> ${path}`),
      ),
    ).toEqual([]);
  });

  test("no line is longer than 120 characters, but for those with a link that is too long to break", () => {
    const written = ["assembly", "src", "cli", "scripts", "test", "bench", "site/playground"].flatMap((folder) =>
      (readdirSync(join(root, folder), { recursive: true }) as string[])
        .filter(
          (file) => /\.(ts|tsx|mjs|js|css)$/.test(file) && !/(^|[\\/])(results|vectors|node_modules)[\\/]/.test(file),
        )
        .map((file) => posix.join(folder, file.replaceAll("\\", "/"))),
    );
    expect(written.length).toBeGreaterThan(300);
    const tooLong = written.flatMap((file) =>
      text(file)
        .split(/\r?\n/)
        .flatMap((line, i) => (line.length > 120 && !/https?:\/\/\S{60,}/.test(line) ? [`${file}:${i + 1}`] : [])),
    );
    expect(tooLong).toEqual([]);
  });

  test("what no type can say has its reason beside it", () => {
    const casts = files.flatMap((file) => {
      const lines = text(file).split(/\r?\n/);
      return lines.flatMap((line, i) =>
        line.includes("as unknown as")
          ? [{ at: `${file}:${i + 1}`, near: lines.slice(Math.max(0, i - 8), i + 1) }]
          : [],
      );
    });
    expect(casts.length).toBeGreaterThan(10);
    expect(casts.filter(({ near }) => !near.some((line) => line.includes("// "))).map(({ at }) => at)).toEqual([]);
  });

  test("no file is longer than 340 lines or called utils", () => {
    expect(files.filter((file) => text(file).trimEnd().split("\n").length > 340)).toEqual([]);
    expect(files.filter((file) => /\butils?\.ts$/.test(file))).toEqual([]);
  });
});
