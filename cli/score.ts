import type { Command } from "commander";
import { load, type MetricName, metricCatalog, type SegLoss } from "segloss";
import {
  addFileOptions,
  type FileOptions,
  parseRequest,
  type Request,
  readPairing,
  readSettings,
  suggestion,
} from "./arguments";
import { readBoth } from "./both";
import { type Contents, Survey } from "./contents";
import { countPair } from "./counts";
import { type Files, listFiles, missingPredictions, nameOf, targetOf } from "./files";
import { few, Notes } from "./notes";
import { csvOutput, jsonOutput, type Output, tableOutput } from "./output";
import { type Pair, pairsOf } from "./pairs";
import { type Progress, progress } from "./progress";
import type { Settings } from "./settings";
import { openSink } from "./sink";
import { type FromCounts, type Row, Summary } from "./summary";

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

const names = metricCatalog.map(({ name }) => name);
/** Those that need no option. */
const free = metricCatalog.filter(({ options }) => !Object.values(options).some((option) => "required" in option));
const declarationOf = (name: string) => metricCatalog.find((metric) => metric.name === name);

/** Options of a metric that the command line has for all of them. */
const forAll: Record<string, string> = {
  activation: "--activation",
  ignoreIndex: "--ignore-index",
  layout: "--axes",
  numClasses: "--classes",
};

/** Throws what is wrong with a metric's options, before any file is read: some number of axes must do. */
function checkOptions(seg: SegLoss, { name, options }: Request<MetricName>): void {
  const errors = [2, 3].flatMap((axes) => {
    const pixel = { data: new Uint8Array(1), shape: Array(axes + 1).fill(1) };
    try {
      (seg.metrics[name] as Call)(pixel, pixel, { numClasses: 2, ...options });
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (errors.length === 2) throw errors[0];
}

/** The metrics asked for; an error says all that is wrong with them. */
function readMetrics(seg: SegLoss, texts: readonly string[] | undefined): Asked[] {
  const mistakes: string[] = [];
  const asked = (texts ?? free.map(({ name }) => name)).flatMap((text) => {
    try {
      const request = parseRequest<MetricName>("--metric", text);
      if (!names.includes(request.name)) {
        const hint = suggestion(request.name, names);
        throw new Error(`there is no metric ${JSON.stringify(request.name)}${hint} (metrics: ${names.join(", ")})`);
      }
      const elsewhere = Object.keys(request.options).find((option) => forAll[option]);
      if (elsewhere) throw new Error(`--metric ${text}: ${elsewhere} holds for all files; give ${forAll[elsewhere]}`);
      checkOptions(seg, request);
      return [{ ...request, label: text }];
    } catch (error) {
      mistakes.push((error as Error).message);
      return [];
    }
  });
  if (mistakes.length > 0) throw new Error(mistakes.join("\nerror: "));
  return asked;
}

/** The mean of the scores that are defined, of labels above 0 unless the background counts. */
function meanOf(perClass: Row["perClass"], withBackground: boolean): number {
  const defined = Object.entries(perClass).filter(
    ([label, score]) => !Number.isNaN(score) && (withBackground || Number(label) > 0),
  );
  return defined.length === 0 ? Number.NaN : defined.reduce((sum, [, score]) => sum + score, 0) / defined.length;
}

interface Job {
  readonly seg: SegLoss;
  readonly preds: Files;
  readonly targets: Files;
  readonly asked: readonly Asked[];
  readonly settings: Settings;
  readonly contents: Contents;
  readonly includeBackground: boolean;
  readonly output: Output;
  readonly notes: Notes;
  readonly summary: Summary;
  readonly fail: (failure: Failure) => void;
}

/** The classes of a pair that are told: those that occur, and every channel but the background of a single one. */
const told = ({ ids, options }: Pair, { labels }: Contents): readonly number[] => {
  if (options.activation === undefined) return labels;
  return ids;
};

/** All metrics of one pair; what fails is told and the others go on. */
function scorePair(job: Job, pair: Pair, item: string, fail: (metric: string, message: string) => void): void {
  const { seg, asked, contents, includeBackground, summary, output } = job,
    single = pair.pred.data instanceof Float32Array && pair.pred.shape[1] === 1,
    classes = single ? [1] : told(pair, contents);
  const byLabel = <T>(of: (place: number) => T) =>
    Object.fromEntries(classes.map((label) => [String(label), of(pair.ids.indexOf(label))]));
  for (const { name, label, options: own } of asked) {
    const { includeBackground: ownBackground, ...rest } = own,
      spacing = Object.hasOwn(declarationOf(name)?.options ?? {}, "spacing") && pair.spacing;
    try {
      const all = { ...pair.options, ...(spacing ? { spacing } : {}), ...rest },
        { perClass } = (seg.metrics[name] as Call)(pair.pred, pair.target, all),
        scores = byLabel((place) => perClass[single ? 0 : place]),
        withBackground = pair.overlapping || (typeof ownBackground === "boolean" ? ownBackground : includeBackground);
      const row = { item, metric: label, value: meanOf(scores, withBackground), perClass: scores };
      summary.add(row);
      output.row(row);
    } catch (error) {
      fail(label, (error as Error).message);
    }
  }
  const counts = countPair(pair);
  summary.count(counts && byLabel((place) => counts[place]));
}

/** One prediction with all metrics, of which nothing is kept but the scores in the summary. */
function scoreFile(job: Job, pred: string): void {
  const { preds, targets, settings, contents, asked, notes, fail } = job,
    item = nameOf(pred, preds);
  try {
    const target = targetOf(pred, preds, targets),
      both = readBoth(pred, target, settings),
      { pairs, notes: said } = pairsOf(both, contents, settings),
      wrong = new Set<string>();
    for (const note of said) notes.add(note);
    const sized = asked.find(({ name }) => Object.hasOwn(declarationOf(name)?.options ?? {}, "spacing"));
    if (both.spacingFault && !settings.spacing && sized)
      throw new Error(
        `${target}: ${both.spacingFault}, so that ${sized.name} has no unit; give --spacing, the size along z, y, x`,
      );
    const failOnce = (metric: string, message: string) => {
      // A file that is wrong is wrong for every metric.
      const reason = message.replace(/^metrics\.\w+: /, "");
      if (!wrong.has(reason)) fail({ item, metric, message: `${/^target/.test(reason) ? target : pred}: ${message}` });
      wrong.add(reason);
    };
    for (const [n, pair] of pairs.entries()) scorePair(job, pair, pairs.length > 1 ? `${item}[${n}]` : item, failOnce);
  } catch (error) {
    fail({ item, message: (error as Error).message });
  }
}

/** What all files hold: a pass of its own, once; files that cannot be read are told when their turn comes. */
function survey(preds: Files, targets: Files, settings: Settings, bar: Progress): Contents {
  const found = new Survey(settings);
  if (preds.paths.length > 1) bar.expect(preds.paths.length);
  for (const pred of preds.paths) {
    try {
      found.add(readBoth(pred, targetOf(pred, preds, targets), settings));
    } catch {
      // told below
    }
    if (preds.paths.length > 1) bar.tick("looking at what the files hold");
  }
  return found.decide();
}

interface Options extends FileOptions {
  readonly metric?: string[];
  readonly includeBackground?: boolean;
  readonly strict?: boolean;
}

/** Metrics of predictions, file by file. */
async function score(options: Options): Promise<number> {
  const settings = readSettings(options),
    pairing = readPairing(options),
    seg = await load(),
    asked = readMetrics(seg, options.metric),
    includeBackground = options.includeBackground ?? false;
  const [preds, targets] = [listFiles(options.pred, pairing.pred), listFiles(options.target, pairing.target)],
    missing = missingPredictions(preds, targets),
    failures: Failure[] = [],
    bar = progress(preds.paths.length),
    { print, close } = openSink(options.output, bar.print),
    notes = new Notes(bar.tell),
    summary = new Summary();
  const fail = (failure: Failure) => {
    failures.push(failure);
    bar.tell(`error: ${failure.message}`);
  };
  const labels = asked.map(({ label }) => label),
    items = preds.paths.map((pred) => nameOf(pred, preds)),
    output = options.json ? jsonOutput(print) : options.csv ? csvOutput(print) : tableOutput(print, items, labels);
  if (missing.length > 0) {
    const text = `without a prediction: ${few(missing)}`;
    if (options.strict) fail({ message: `${text} (--strict)` });
    else bar.tell(text);
  }
  let contents: Contents | undefined;
  try {
    contents = survey(preds, targets, settings, bar);
  } catch (error) {
    fail({ message: (error as Error).message });
  }
  if (contents) {
    const negative = contents.labels.filter((label) => label < 0);
    if (negative.length > 0)
      bar.tell(`labels below 0 (${few(negative.map(String))}) are told, but no mean counts them`);
    const job = { seg, preds, targets, asked, settings, contents, includeBackground, output, notes, summary, fail };
    for (const pred of preds.paths) {
      scoreFile(job, pred);
      bar.tick(pred);
    }
  }
  const of = (label: string) => asked.find((each) => each.label === label);
  const pooledBy = (label: string): FromCounts | undefined => {
    const { name = "", options: own = {} } = of(label) ?? {},
      declared = declarationOf(name);
    if (!declared?.ofCounts) return undefined;
    const from = declared.ofCounts as (counts: Parameters<FromCounts>[0], options: object) => number;
    return (counts) => from(counts, { emptyScore: Number.NaN, ...own });
  };
  const rows = summary.rows(pooledBy, (label, scores) =>
    meanOf(scores, (of(label)?.options.includeBackground as boolean | undefined) ?? includeBackground),
  );
  output.end(rows, failures, missing);
  notes.end();
  bar.stop();
  close();
  return failures.length > 0 ? 1 : 0;
}

export function addScore(program: Command, finish: (code: number) => void): void {
  addFileOptions(program.command("score").description("metrics of predictions, file by file and over all"))
    .option(
      "--metric <name...>",
      "metrics, as NAME or NAME:{JSON of its options} (default: every one; see list --metrics)",
    )
    .option("--classes <n>", "labels 0 to n - 1 (default: the labels that occur)")
    .option("--include-background", "let the mean count label 0, too")
    .option("--strict", "make a target without a prediction an error")
    .addHelpText(
      "after",
      `
A prediction holds labels [...spatial] or scores [C, ...spatial], a target labels [...spatial].

Example:
  segloss score --pred predictions --target truth --metric dice 'hausdorffDistance:{"percentile":95}' --csv`,
    )
    .action(async (options: Options) => finish(await score(options)));
}
