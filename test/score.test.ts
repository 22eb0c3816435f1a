import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import type { MetricName } from "../dist/index.js";
import { nifti, npy } from "./support/files";
import { seg } from "./support/library";
import {
  expected,
  greys,
  labels,
  logits,
  mask,
  names,
  ofScores,
  palette,
  plain,
  png,
  predicted,
  predictedMask,
  type Summed,
  scored,
  scoredFiles,
  spatial,
} from "./support/scores";

const { file, run, json } = scoredFiles();
file("palette.png", encode({ data: predicted, width: 7, height: 6, channels: 1, depth: 8, palette }));

describe("every metric of one prediction", () => {
  const three = { numClasses: 3 };
  const one = Float32Array.from(predictedMask, (v, i) => (v ? 0.5 : -0.5) - i / 100),
    voided = Int16Array.from(labels, (v, i) => (i % 6 === 0 ? -1 : v));
  test.each<[string, string, Float32Array | Uint8Array, Uint8Array | Int16Array, object, number?]>([
    ["scores", "--pred logits.npy --target labels.png", logits, labels, {}],
    ["labels", "--pred pred.npy --target labels.png", predicted, labels, three],
    ["labels of a palette", "--pred palette.png --target labels.png", predicted, labels, three],
    [
      "labels in floats",
      `--pred ${file("floats.npy", npy("<f8", spatial, Float64Array.from(predicted)))} --target labels.png`,
      predicted,
      labels,
      three,
    ],
    [
      "labels of 64 bits",
      `--pred ${file("big.npy", npy("<i8", [1, ...spatial], BigInt64Array.from(predicted, BigInt)))} ` +
        "--target labels.png",
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
  ])("%s", (kind, args, pred, target, options, first) => {
    const found = json(args),
      // The probabilities' classes are given as labels: what is made of these alone needs the file's own numbers.
      [scores, own] =
        kind === "probabilities"
          ? [Float32Array.from(greys, (grey) => grey / 255), { activation: "none" }]
          : [pred, options];
    const told = names.filter((name) => scores instanceof Float32Array || !ofScores.includes(name));
    expect([found.status, found.failures]).toEqual([0, []]);
    expect(found.results.map(({ metric }) => metric)).toEqual(told);
    expect(scored(found)).toEqual(
      told.map((name) =>
        ofScores.includes(name)
          ? expected(name, scores, target, own, first)
          : expected(name, pred, target, options, first),
      ),
    );
  });

  test("metrics of all classes at once have one number; labels asked for probabilities are refused", () => {
    const asked = ['expectedCalibrationError:{"confidence":"topLabel"}', 'brierScore:{"multiclass":true}'],
      found = json(`--pred logits.npy --target labels.png --metric ${asked.join(" ")}`),
      [pred, target] = [
        { data: logits, shape: [1, 3, ...spatial] },
        { data: labels, shape: [1, ...spatial] },
      ],
      brier = seg.metrics.brierScore(pred, target, { multiclass: true });
    expect(scored(found)).toEqual([
      { value: seg.metrics.expectedCalibrationError(pred, target, { confidence: "topLabel" }).value, perClass: {} },
      { value: brier.value, perClass: Object.fromEntries(Array.from(brier.perClass, (each, c) => [String(c), each])) },
    ]);
    const { status, failures } = json("--pred pred.npy --target labels.png --metric brierScore dice");
    expect([status, failures.map(({ message }) => message)]).toEqual([
      1,
      [expect.stringMatching(/brierScore: looks at probabilities.*pass the scores/)],
    ]);
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
    for (const { metric, class: label, mean, median, defined, infinite, undefined: none, missed, pooled } of summary) {
      const cells = [metric, label || "mean", short(mean), short(median), `${defined}`, `${infinite}`, `${none}`];
      if (missed !== undefined) cells.push(`${missed}`);
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

test("columns of long labels and long numbers keep apart", () => {
  const large = Int32Array.from(labels, (label) => 1234567 * label),
    other = Int32Array.from(predicted, (label) => 1234567 * label),
    [pred, target] = [other, large].map((data, i) => file(`large/${i}.npy`, npy("<i4", spatial, data))),
    [heading, , row] = run(`score --pred ${pred} --target ${target} --metric dice hausdorffDistance`).stdout.split(
      "\n",
    );
  expect(heading).toMatch(/ class 0 {2}class 1234567 {2}class 2469134$/);
  const ends = [...row.matchAll(/\S+/g)].slice(-2).map((cell) => cell.index + cell[0].length);
  expect(ends).toEqual([heading.indexOf("  class 2469134"), heading.length]);
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
