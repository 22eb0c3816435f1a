import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { load, type MetricName, metricCatalog } from "../dist/index.js";
import { nifti, npy, workshop } from "./support/files";

const { file, run } = workshop();
const seg = await load();
const names = metricCatalog
  .filter(({ options }) => !("tolerance" in options && "required" in options.tolerance))
  .map(({ name }) => name);

const spatial = [6, 7],
  pixels = 42,
  labels = Uint8Array.from({ length: pixels }, (_, i) => (i % 7 < 3 ? (i < 21 ? 1 : 2) : 0)),
  predicted = labels.map((v, i) => (i % 11 === 4 ? (v + 1) % 3 : v)),
  logits = Float32Array.from({ length: 3 * pixels }, (_, k) =>
    predicted[k % pixels] === Math.floor(k / pixels) ? 1.5 : Math.sin(k),
  ),
  mask = labels.map((v) => (v ? 1 : 0)),
  predictedMask = predicted.map((v) => (v ? 1 : 0)),
  greys = predictedMask.map((v, i) => (v ? 128 + i : i));
const png = (data: Uint8Array) => encode({ data, width: 7, height: 6, channels: 1, depth: 8 }),
  palette: [number, number, number][] = [
    [0, 0, 0],
    [128, 0, 0],
    [0, 128, 0],
  ];

interface Row {
  item: string;
  metric: string;
  value: number | string;
  perClass: Record<string, number | string>;
}
type Summed = {
  metric: string;
  class: string;
  mean: number | string;
  median: number | string;
  defined: number;
  infinite: number;
  undefined: number;
  pooled?: number | string;
};

const json = (line: string) => {
  const { stdout, status, stderr } = run(`score ${line} --json`);
  return {
    status,
    stderr,
    ...(JSON.parse(stdout) as { results: Row[]; summary: Summed[]; failures: { item?: string; message: string }[] }),
  };
};
/** As JSON has it. */
const plain = (x: number) => (Number.isFinite(x) ? x : String(x));
/** What a metric says of one image, of the labels that are told; the mean leaves the background out. */
function expected(
  name: MetricName,
  pred: Float32Array | Uint8Array,
  target: Uint8Array | Int16Array,
  options: object,
  first = 0,
  shape = spatial,
  told: readonly number[] | undefined = undefined,
) {
  const size = shape.reduce((a, b) => a * b, 1),
    predShape = pred instanceof Float32Array ? [1, pred.length / size, ...shape] : [1, ...shape];
  const { perClass } = seg.metrics[name](
    { data: pred, shape: predShape },
    { data: target, shape: [1, ...shape] },
    options,
  );
  const entries = Array.from(perClass, (score, i) => [first + i, score] as const).filter(
    ([label]) => told?.includes(label) ?? true,
  );
  const counted = entries.filter(([label, score]) => label > 0 && !Number.isNaN(score)).map(([, score]) => score);
  return {
    value: plain(counted.length > 0 ? counted.reduce((a, b) => a + b, 0) / counted.length : Number.NaN),
    perClass: Object.fromEntries(entries.map(([label, score]) => [String(label), plain(score)])),
  };
}
const scored = ({ results }: { results: Row[] }) => results.map(({ value, perClass }) => ({ value, perClass }));

file("logits.npy", npy("<f4", [3, 6, 7], logits));
file("labels.png", png(labels));
file("pred.npy", npy("|u1", spatial, predicted));
file("mask.png", png(mask));
file("mask255.png", png(mask.map((v) => 255 * v)));
file("pred255.png", png(predictedMask.map((v) => 255 * v)));
file("greys.png", png(greys));
file(
  "one.npy",
  npy(
    "<f4",
    [1, 6, 7],
    Float32Array.from(predictedMask, (v, i) => (v ? 0.5 : -0.5) - i / 100),
  ),
);
file("spaced.nii.gz", gzipSync(nifti(2, 8, [7, 6], [0.5, 2], labels)));
file(
  "void.npy",
  npy(
    "<i2",
    spatial,
    Int16Array.from(labels, (v, i) => (i % 6 === 0 ? -1 : v)),
  ),
);

describe("every metric of one prediction", () => {
  const three = { numClasses: 3 };
  const one = Float32Array.from(predictedMask, (v, i) => (v ? 0.5 : -0.5) - i / 100),
    voided = Int16Array.from(labels, (v, i) => (i % 6 === 0 ? -1 : v));
  test.each<[string, string, Float32Array | Uint8Array, Uint8Array | Int16Array, object, number?]>([
    ["scores", "--pred logits.npy --target labels.png", logits, labels, {}],
    ["labels", "--pred pred.npy --target labels.png", predicted, labels, three],
    [
      "labels of a palette",
      `--pred ${file("palette.png", encode({ data: predicted, width: 7, height: 6, channels: 1, depth: 8, palette }))} --target labels.png`,
      predicted,
      labels,
      three,
    ],
    [
      "labels in floats",
      `--pred ${file("floats.npy", npy("<f8", spatial, Float64Array.from(predicted)))} --target labels.png`,
      predicted,
      labels,
      three,
    ],
    [
      "labels of 64 bits",
      `--pred ${file("big.npy", npy("<i8", [1, ...spatial], BigInt64Array.from(predicted, BigInt)))} --target labels.png`,
      predicted,
      labels,
      three,
    ],
    ["labels in a PNG", `--pred ${file("grey.png", png(predicted))} --target labels.png`, predicted, labels, three],
    [
      "more classes than there are",
      "--pred pred.npy --target labels.png --classes 5",
      predicted,
      labels,
      { numClasses: 5 },
    ],
    ["masks of 0 and 255", "--pred pred255.png --target mask255.png", predictedMask, mask, { numClasses: 2 }],
    ["one class", "--pred pred255.png --target mask.png --classes 1", predictedMask, mask, { numClasses: 1 }, 1],
    ["one channel", "--pred one.npy --target mask255.png", one, mask, { activation: "sigmoid" }, 1],
    [
      "probabilities",
      "--pred greys.png --target mask.png --activation none",
      predictedMask,
      mask,
      { numClasses: 1 },
      1,
    ],
    ["void", "--pred pred.npy --target void.npy --ignore-index -1", predicted, voided, { ...three, ignoreIndex: -1 }],
  ])("%s", (_, args, pred, target, options, first) => {
    const found = json(args);
    expect([found.status, found.failures]).toEqual([0, []]);
    expect(found.results.map(({ metric }) => metric)).toEqual(names);
    expect(scored(found)).toEqual(names.map((name) => expected(name, pred, target, options, first)));
  });

  test.each([
    ["of the file", "", [2, 0.5]],
    ["as given", "--spacing 3 1.5", [3, 1.5]],
    ["as given, with a comma", "--spacing 3,1.5", [3, 1.5]],
  ])("spacing %s", (_, args, spacing) => {
    const found = json(`--pred pred.npy --target spaced.nii.gz --metric hausdorffDistance dice ${args}`.trim());
    expect(scored(found)).toEqual([
      expected("hausdorffDistance", predicted, labels, { numClasses: 3, spacing }),
      expected("dice", predicted, labels, { numClasses: 3 }),
    ]);
  });

  test("options of a metric's own; one metric twice", () => {
    const options = [{ percentile: 50 }, { percentile: 95, spacing: [4, 4], includeBackground: false }],
      asked = options.map((each) => `hausdorffDistance:${JSON.stringify(each)}`);
    const found = json(`--pred pred.npy --target spaced.nii.gz --metric ${asked.join(" ")}`);
    expect(found.results.map(({ metric }) => metric)).toEqual(asked);
    expect(scored(found)).toEqual([
      expected("hausdorffDistance", predicted, labels, { numClasses: 3, spacing: [2, 0.5], ...options[0] }),
      expected("hausdorffDistance", predicted, labels, { numClasses: 3, ...options[1], includeBackground: true }),
    ]);
  });

  test("a volume", () => {
    const shape = [3, 2, 7];
    file("volume.nii", nifti(2, 8, [7, 2, 3], [1, 2, 3], labels));
    file("volume.npy", npy("<f4", [3, ...shape], logits));
    const found = json("--pred volume.npy --target volume.nii --metric averageSymmetricSurfaceDistance");
    expect(scored(found)).toEqual([
      expected("averageSymmetricSurfaceDistance", logits, labels, { spacing: [3, 2, 1] }, 0, shape),
    ]);
  });
});

describe("many predictions", () => {
  const maps = [labels, predicted, labels.map((v) => (v === 2 ? 0 : v)), labels.map((v, i) => (i < 4 ? 4 : v))],
    truths = [labels, labels, mask, labels.map((v) => (v === 1 ? 4 : v))];
  for (const [i, map] of maps.entries()) {
    file(`preds/x${i}.npy`, npy("|u1", spatial, map));
    file(`truths/x${i}.png`, png(truths[i]));
  }
  const all = (name: MetricName) =>
    maps.map((map, i) => expected(name, map, truths[i], { numClasses: 5 }, 0, spatial, [0, 1, 2, 4]));

  test("classes are counted over all files; what is undefined is said", () => {
    const { results, summary, status } = json("--pred preds --target truths --metric dice hausdorffDistance");
    expect(status).toBe(0);
    expect(results.map(({ item, metric }) => `${item} ${metric}`)).toEqual(
      maps.flatMap((_, i) => [`x${i} dice`, `x${i} hausdorffDistance`]),
    );
    for (const name of ["dice", "hausdorffDistance"] as const) {
      const rows = all(name);
      expect(scored({ results: results.filter(({ metric }) => metric === name) })).toEqual(rows);
      for (const label of ["", "0", "1", "2", "4"]) {
        const scores = rows.map(({ value, perClass }) => Number(label === "" ? value : perClass[label])),
          defined = scores.filter((score) => !Number.isNaN(score)).sort((a, b) => a - b),
          n = defined.length;
        const said = summary.find((row) => row.metric === name && row.class === label) as Summed;
        expect([said.defined, said.undefined, said.infinite]).toEqual([
          n,
          4 - n,
          defined.filter((score) => score === Infinity).length,
        ]);
        expect(said.mean).toEqual(n ? plain(defined.reduce((a, b) => a + b) / n) : "NaN");
        expect(said.median).toEqual(
          n ? plain(n % 2 ? defined[n >> 1] : (defined[n / 2 - 1] + defined[n / 2]) / 2) : "NaN",
        );
      }
    }
    expect(summary.some(({ undefined: missing }) => missing > 0)).toBe(true);
    expect(summary.some(({ infinite }) => infinite > 0)).toBe(true);
  });

  test("the table and CSV say the same", () => {
    const { results, summary } = json("--pred preds --target truths --metric dice hausdorffDistance"),
      csv = run("score --pred preds --target truths --metric dice hausdorffDistance --csv").stdout.trim().split("\n"),
      text = run("score --pred preds --target truths --metric dice hausdorffDistance").stdout.split("\n");
    const lines = results.flatMap(({ item, metric, value, perClass }) =>
      Object.entries({ "": value, ...perClass }).map(([label, score]) => `score,${item},${metric},${label},${score}`),
    );
    expect(csv[0]).toBe("kind,item,metric,class,value");
    expect(csv.slice(1, lines.length + 1).sort()).toEqual(lines.sort());
    for (const { metric, class: label, ...numbers } of summary)
      for (const [kind, value] of Object.entries(numbers))
        expect(csv).toContain(`${kind},,${metric},${label},${value}`);
    expect(text[0].trim().split(/ {2,}/)).toEqual([
      "item",
      "metric",
      "mean",
      "class 0",
      "class 1",
      "class 2",
      "class 4",
    ]);
    const short = (x: number | string) => (typeof x === "number" ? x.toPrecision(5) : x);
    for (const { item, metric, value, perClass } of results)
      expect(text.map((line) => line.trim().split(/ +/))).toContainEqual([
        item,
        metric,
        ...[value, ...Object.values(perClass)].map(short),
      ]);
    for (const { metric, class: label, mean, median, defined, infinite, undefined: missing, pooled } of summary) {
      const cells = [metric, label || "mean", short(mean), short(median), `${defined}`, `${infinite}`, `${missing}`];
      if (pooled !== undefined) cells.push(short(pooled));
      expect(text.map((line) => line.trim().split(/ +/))).toContainEqual(cells);
    }
  });

  test("CSV quotes what needs it", () => {
    file("odd/a,b.npy", npy("|u1", spatial, predicted));
    const { stdout } = run('score --pred odd --target labels.png --csv --metric hausdorffDistance:{"percentile":95}');
    expect(stdout).toContain('score,"a,b","hausdorffDistance:{""percentile"":95}",1,');
  });

  test("targets without a prediction are named", () => {
    const { stderr, status, results } = json("--pred preds/x0.npy preds/x1.npy --target truths --metric dice");
    expect([status, results.length]).toEqual([0, 2]);
    expect(stderr).toMatch(/^without a prediction: truths.x2\.png, truths.x3\.png$/m);
  });

  test("notes that repeat themselves are counted", () => {
    for (const i of [0, 1, 2]) file(`same/${i}.png`, png(mask.map((v) => 255 * v)));
    const { stderr } = json("--pred same --target same --metric dice");
    expect(stderr.match(/a mask of 0 and 255/g)).toHaveLength(2);
    expect(stderr).toMatch(/^5 more: a mask of 0 and 255/m);
  });

  test("memory does not grow with their number", () => {
    const size = 1 << 19;
    file("large.npy", npy("<f4", [4, 1024, 512], new Float32Array(4 * size)));
    file("truth/large.npy", npy("<i4", [1024, 512], new Int32Array(size)));
    file(
      "hook.mjs",
      Buffer.from("process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS));"),
    );
    const peak = (count: number) => {
      const { stderr, status } = run(
        `score --pred ${Array(count).fill("large.npy").join(" ")} --target truth --metric dice --csv`,
        {
          NODE_OPTIONS: "--import=./hook.mjs",
        },
      );
      expect(status).toBe(0);
      return Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
    };
    // Each file is 10 MB.
    expect(peak(60) - peak(10)).toBeLessThan(150);
  }, 240000);
});

describe("what is wrong", () => {
  file("wrong/narrow.npy", npy("<f4", [3, 6, 6], new Float32Array(108)));
  file("wrong/broken.npy", Buffer.from("no numpy here"));
  file("wrong/high.npy", npy("|u1", spatial, predicted.map((v, i) => (i === 3 ? 9 : v)))); // biome-ignore format: one file a line
  file("wrong/greys.png", png(greys));
  file("wrong/alone.npy", npy("|u1", spatial, predicted));
  file("wrong/fine.npy", npy("|u1", spatial, predicted));
  for (const name of ["narrow", "broken", "high", "greys", "fine"]) file(`right/${name}.png`, png(labels));

  test("files are named once, the others are scored", () => {
    const { status, stderr, failures, results, summary } = json(
      "--pred wrong --target right --metric dice iou --classes 3",
    );
    expect([status, results.map(({ item }) => item)]).toEqual([1, ["fine", "fine"]]);
    expect(scored({ results })[0]).toEqual(expected("dice", predicted, labels, { numClasses: 3 }));
    expect(summary.every(({ defined }) => defined === 1)).toBe(true);
    const messages = failures.map(({ message }) => message);
    expect(messages).toHaveLength(5);
    expect(messages[0]).toMatch(/^wrong.alone\.npy: no target/);
    expect(messages[1]).toMatch(/^wrong.broken\.npy: not an NPY file/);
    expect(messages[2]).toMatch(/^wrong.greys\.png: has label \d+ at index \d+, expected 0 to 2/);
    expect(messages[3]).toMatch(/^wrong.high\.npy: has label 9 at index 3, expected 0 to 2/);
    expect(messages[4]).toMatch(/^wrong.narrow\.npy: shape \[3, 6, 6\] does not fit/);
    for (const message of messages) expect(stderr).toContain(`error: ${message}`);
  });

  test("grey levels that may be probabilities", () => {
    const { status, failures } = json("--pred wrong/greys.png --target right/greys.png");
    expect([status, failures.length]).toEqual([1, 1]);
    expect(failures[0].message).toMatch(
      /^wrong.greys\.png: holds grey levels up to 1\d\d, but labels go up to 2; .*--activation none/,
    );
  });

  test("a wrong target is named", () => {
    const { failures } = json(
      `--pred logits.npy --target ${file("high.png", png(labels.map((v) => (v === 2 ? 7 : v))))} --metric dice iou`,
    );
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^high\.png: has label 7 at index 21, expected 0 to 2 after the 3 channel/),
    ]);
  });

  test("numbers that are NaN give NaN, and a note", () => {
    file("nan.npy", npy("<f4", [3, 6, 7], logits.map((v, i) => (i === 50 ? Number.NaN : v)))); // biome-ignore format: one file a line
    const { results, summary, stderr } = json("--pred nan.npy --target labels.png --metric dice");
    expect([results[0].value, summary[0].mean, summary[0].undefined]).toEqual(["NaN", "NaN", 1]);
    expect(stderr).toContain("nan.npy: holds numbers that are not finite");
  });

  test.each([
    ["--metric dyce", /there is no metric "dyce"; did you mean dice\? \(metrics: dice, iou, /],
    ["--metric dice:1", /JSON object of options/],
    ['--metric dice:{"smooth":1}', /metrics\.dice: unknown option "smooth"/],
    ['--metric hausdorffDistance:{"percentile":101}', /percentile must be a number in \[0, 100\], got 101/],
    ["--spacing 1 x", /--spacing must be numbers above 0/],
    ["--spacing 1", /pred\.npy: --spacing must hold 2 number/],
    ["--classes 0", /--classes must be a whole number of at least 1, got 0/],
    ["--ignore-index x", /--ignore-index must be a whole number/],
    ["--activation relu", /--activation.*'relu' is invalid/],
    ["--json --csv", /one of --json and --csv/],
    ["--loss dice", /loss/],
  ])("%s", (args, message) => {
    const { status, stderr } = run(`score --pred pred.npy --target labels.png ${args}`);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.match(/error:/g)).toHaveLength(1);
  });

  test("wrong metrics are said before any file is read", () => {
    const { status, stderr, stdout } = run(
      'score --pred preds --target nowhere --metric dyce dice iou:{"emptyScor":1}',
    );
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/"dyce"; did you mean dice\?.*\nerror: metrics\.iou: .*did you mean emptyScore\?/);
  });

  test("nothing to score", () => {
    expect(run("score --pred pred.npy")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("required option '--target <file...>' not specified"),
    });
    const { results, failures } = json("--pred wrong/broken.npy --target labels.png");
    expect([results, failures.length]).toEqual([[], 1]);
  });
});

test("list shows every metric", () => {
  const { stdout } = run("list --metrics");
  for (const { name, formula } of metricCatalog) {
    expect(stdout).toMatch(new RegExp(`^ ${name} .*`, "m"));
    expect(stdout).toContain(formula);
  }
  expect(JSON.parse(run("list --metrics --json").stdout).map((entry: { name: string }) => entry.name)).toEqual(
    metricCatalog.map(({ name }) => name),
  );
});

test("ids are objects: one score of each file, and no classes", () => {
  const ids = Int32Array.from(labels, (label) => label * 50021),
    others = Int32Array.from(predicted, (label) => (label === 0 ? 0 : 9 - label)),
    args = [file("ids/a.npy", npy("<i4", spatial, ids)), file("found/a.npy", npy("<i4", spatial, others))],
    request = `panopticQuality:{"instances":"labels","iouThreshold":0.2}`,
    { status, results } = json(`--pred ${args[1]} --target ${args[0]} --ignore-index none --metric ${request}`);
  const wanted = seg.metrics.panopticQuality(
    { data: others, shape: [1, ...spatial] },
    { data: ids, shape: [1, ...spatial] },
    { instances: "labels", iouThreshold: 0.2 },
  );
  expect([status, results.length]).toEqual([0, 1]);
  expect(results[0]).toMatchObject({ metric: request, value: wanted.value, perClass: {} });
  expect(run(`score --pred ${args[1]} --target ${args[0]} --ignore-index none --metric ${request}`).stdout).toMatch(
    /^ item +metric +mean\n/,
  );
});
