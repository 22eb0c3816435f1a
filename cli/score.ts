import { parseArgs } from "node:util";
import { load, type MetricName, metricCatalog, type SegLoss } from "segloss";
import { parseRequest, type Request, readSettings, readWhole, type Settings, spread } from "./arguments";
import { type Files, listFiles, nameOf, partner } from "./items";
import { csvOutput, jsonOutput, type Output, tableOutput } from "./output";
import { type Classes, highestLabel, type Pair, readPair, spacingOf } from "./pairs";
import { type Progress, progress } from "./progress";
import { type Row, Summary } from "./summary";

const options = {
  pred: { type: "string", multiple: true },
  target: { type: "string", multiple: true },
  metric: { type: "string", multiple: true },
  spacing: { type: "string", multiple: true },
  activation: { type: "string" },
  classes: { type: "string" },
  "ignore-index": { type: "string" },
  json: { type: "boolean" },
  csv: { type: "boolean" },
} as const;

interface Failure {
  readonly item?: string;
  readonly metric?: string;
  readonly message: string;
}

/** A metric as asked for; the label tells two of one name apart. */
type Asked = Request<MetricName> & { readonly label: string };

type Call = (
  pred: object,
  target: object,
  options: object,
) => { readonly value: number; readonly perClass: Float64Array };

/** Throws what is wrong with a metric's options, before any file is read: some number of axes must do. */
function checkOptions(seg: SegLoss, { name, options }: Request<MetricName>): void {
  const errors = [1, 2, 3].flatMap((axes) => {
    const pixel = { data: new Uint8Array(1), shape: Array(axes + 1).fill(1) };
    try {
      (seg.metrics[name] as Call)(pixel, pixel, { numClasses: 2, ...options });
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (errors.length === 3) throw errors[0];
}

/** The metrics asked for that exist and take their options. */
function readMetrics(seg: SegLoss, texts: readonly string[] | undefined, fail: (failure: Failure) => void): Asked[] {
  const names = metricCatalog.map(({ name }) => name);
  return (texts ?? names).flatMap((text) => {
    try {
      const request = parseRequest<MetricName>("--metric", text);
      if (!names.includes(request.name))
        throw new Error(`there is no metric ${JSON.stringify(request.name)} (metrics: ${names.join(", ")})`);
      checkOptions(seg, request);
      return [{ ...request, label: text }];
    } catch (error) {
      fail({ metric: text.split(":", 1)[0], message: (error as Error).message });
      return [];
    }
  });
}

/** All metrics of one pair; what fails is told and the others go on. */
function* scorePair(
  seg: SegLoss,
  asked: readonly Asked[],
  pair: Pair,
  item: string,
  more: object,
  fail: (metric: string, message: string) => void,
): Generator<Row> {
  for (const { name, label, options: own } of asked) {
    const declared = metricCatalog.find((metric) => metric.name === name)?.options ?? {},
      all = { ...pair.options, ...more, ...own } as Record<string, unknown>;
    if (!Object.hasOwn(declared, "spacing")) delete all.spacing;
    try {
      const { value, perClass } = (seg.metrics[name] as Call)(pair.pred, pair.target, all),
        first = all.includeBackground === false ? 1 : pair.firstLabel;
      yield {
        item,
        metric: label,
        value,
        perClass: Object.fromEntries(Array.from(perClass, (score, i) => [String(first + i), score])),
      };
    } catch (error) {
      fail(label, (error as Error).message);
    }
  }
}

/** How many classes label maps have, after the highest label of all files: a pass of its own, once. */
function classFinder(preds: Files, targets: Files, settings: Settings, bar: Progress): () => number {
  let known: number | undefined;
  return () => {
    if (known !== undefined) return known;
    let highest = 1;
    bar.expect(preds.paths.length);
    for (const pred of preds.paths) {
      try {
        const target = partner(pred, preds, targets);
        if (target) highest = Math.max(highest, highestLabel(pred, target, settings));
      } catch {
        // told when the file's turn comes
      }
      bar.tick("looking for the highest label");
    }
    known = highest + 1;
    return known;
  };
}

/** Says each kind of note once, and how often it came again. */
class Notes {
  readonly #counts = new Map<string, number>();

  constructor(readonly tell: (text: string) => void) {}

  add(note: string): void {
    const kind = note.slice(note.indexOf(": ") + 2),
      count = this.#counts.get(kind) ?? 0;
    if (count === 0) this.tell(note);
    this.#counts.set(kind, count + 1);
  }

  end(): void {
    for (const [kind, count] of this.#counts) if (count > 1) this.tell(`${count - 1} more: ${kind}`);
  }
}

function readSpacing(texts: readonly string[] | undefined): number[] | undefined {
  const numbers = texts?.flatMap((text) => text.split(",")).map(Number);
  if (numbers?.some((n) => !(n > 0 && Number.isFinite(n))))
    throw new Error(`--spacing must be numbers above 0, one per axis, got ${texts?.join(" ")}`);
  return numbers;
}

interface Job {
  readonly seg: SegLoss;
  readonly preds: Files;
  readonly targets: Files;
  readonly asked: readonly Asked[];
  readonly settings: Settings;
  readonly spacing: readonly number[] | undefined;
  readonly classes: Classes;
  readonly output: Output;
  readonly notes: Notes;
  readonly fail: (failure: Failure) => void;
}

/** One prediction with all metrics, of which nothing is kept but the scores in the summary. */
function scoreFile(
  { seg, preds, targets, asked, settings, spacing, classes, output, notes, fail }: Job,
  pred: string,
  summary: Summary,
): void {
  const item = nameOf(pred, preds);
  try {
    const target = partner(pred, preds, targets);
    if (!target) throw new Error(`${pred}: no target of the same name among those given`);
    const pair = readPair(pred, target, settings, classes),
      ignore = settings.ignoreIndex === undefined ? {} : { ignoreIndex: settings.ignoreIndex },
      size = spacingOf(pair, pred, spacing),
      said = new Set<string>();
    for (const note of pair.notes) notes.add(note);
    const failOnce = (metric: string, message: string) => {
      // A file that is wrong is wrong for every metric.
      const reason = message.replace(/^metrics\.\w+: /, "");
      if (!said.has(reason)) fail({ item, metric, message: `${/^target/.test(reason) ? target : pred}: ${message}` });
      said.add(reason);
    };
    for (const row of scorePair(seg, asked, pair, item, { ...ignore, ...(size ? { spacing: size } : {}) }, failOnce)) {
      summary.add(row);
      output.row(row);
    }
  } catch (error) {
    fail({ item, message: (error as Error).message });
  }
}

/** Targets that no prediction has: a score of the others says nothing of them. */
function noteMissing(preds: Files, targets: Files, tell: (text: string) => void): void {
  if (preds.paths.length === 1 && targets.paths.length === 1) return;
  const missing = [...targets.byStem].filter(([stem]) => !preds.byStem.has(stem)).map(([, [path]]) => path);
  if (missing.length > 0)
    tell(
      `without a prediction: ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}`,
    );
}

/** segloss score: metrics of predictions, file by file. */
export async function score(args: readonly string[], usage: string): Promise<number> {
  const { values } = parseArgs({ args: spread(args, ["--pred", "--target", "--metric", "--spacing"]), options });
  if (!values.pred?.length || !values.target?.length) throw new Error(`score needs --pred and --target\n\n${usage}`);
  if (values.json && values.csv) throw new Error("give one of --json and --csv");
  const settings = readSettings(values.activation, values["ignore-index"]),
    spacing = readSpacing(values.spacing),
    said = readWhole("--classes", values.classes, 1),
    seg = await load(),
    failures: Failure[] = [];
  const [preds, targets] = [listFiles(values.pred), listFiles(values.target)],
    bar = progress(preds.paths.length),
    classes = { said, found: classFinder(preds, targets, settings, bar) },
    notes = new Notes(bar.tell),
    summary = new Summary();
  const fail = (failure: Failure) => {
    failures.push(failure);
    bar.tell(`error: ${failure.message}`);
  };
  // Whoever reads the output may stop before its end, as `head` does.
  process.stdout.once("error", () => process.exit(1));
  const asked = readMetrics(seg, values.metric, fail),
    names = preds.paths.map((pred) => nameOf(pred, preds)),
    labels = asked.map(({ label }) => label),
    output = values.json
      ? jsonOutput(bar.print)
      : values.csv
        ? csvOutput(bar.print)
        : tableOutput(bar.print, names, labels);
  noteMissing(preds, targets, bar.tell);
  for (const pred of preds.paths) {
    scoreFile({ seg, preds, targets, asked, settings, spacing, classes, output, notes, fail }, pred, summary);
    bar.tick(pred);
  }
  output.end(summary.rows(), failures);
  notes.end();
  bar.stop();
  return failures.length > 0 ? 1 : 0;
}
