import type { Command } from "commander";
import { load, metricCatalog, type SegLoss } from "segloss";
import {
  addFileOptions,
  type FileOptions,
  parseRequest,
  type Request,
  readPairing,
  readSettings,
  suggestion,
} from "./arguments";
import { type Contents, Survey } from "./contents";
import { Crew, jobsOf } from "./crew";
import { type Files, listFiles, missingPredictions, nameOf, targetOf } from "./files";
import { Journal } from "./journal";
import { isKnown, isPreset, type Name, standIn } from "./metricPresets";
import { few, Notes } from "./notes";
import { csvOutput, jsonOutput, tableOutput } from "./output";
import { type Progress, progress } from "./progress";
import { type Asked, type Call, type Case, type Failure, meanOf, ofIds, type Scored } from "./scoring";
import type { Settings } from "./settings";
import { openSink } from "./sink";
import { type FromCounts, Summary } from "./summary";

const names: readonly Name[] = metricCatalog.map(({ name }) => name);
/** Those that need no option. */
const free = metricCatalog.filter(({ options }) => !Object.values(options).some((option) => "required" in option));

/** Options of a metric that the command line has for all of them. */
const forAll: Record<string, string> = {
  activation: "--activation",
  ignoreIndex: "--ignore-index",
  layout: "--axes",
  numClasses: "--classes",
};

/** Options that average over samples: of files, the summary does. */
const overSamples = ["averaging", "sampleWeights"];

/** Throws what is wrong with a metric's options, before any file is read: some number of axes and classes must do. */
function checkOptions(seg: SegLoss, request: Request<Name>): void {
  const { name, options } = request,
    lengths = Object.values(options).flatMap((value) => (Array.isArray(value) ? [value.length, value.length + 1] : [])),
    errors: unknown[] = [];
  for (const axes of [2, 3])
    for (const numClasses of new Set([2, ...lengths])) {
      const ones = Array(axes).fill(1),
        pixel = { data: new Uint8Array(1), shape: [1, ...ones] },
        scores = { data: new Float32Array(numClasses), shape: [1, numClasses, ...ones] };
      try {
        // An unknown name has no stand-in; the package says what is wrong with it.
        if (isPreset(name) && !isKnown(name)) seg.metrics.preset(name, pixel, pixel);
        const { scoresOnly } = standIn(request).metric,
          pred = scoresOnly ? scores : pixel,
          classes = scoresOnly || ofIds(request) ? {} : { numClasses };
        if (isPreset(name)) seg.metrics.preset(name, pred, pixel, options as never, classes);
        else (seg.metrics[name] as Call)(pred, pixel, { ...classes, ...options });
        return;
      } catch (error) {
        errors.push(error);
      }
    }
  throw errors[0];
}

/** The request that a text stands for. */
function readMetric(seg: SegLoss, text: string): Request<Name> {
  const request = parseRequest<Name>("--metric", text),
    { name, options } = request;
  // What is not reproduced, and names of other libraries that are wrong, the package knows.
  if (!names.includes(name) && !isPreset(name)) {
    const hint = suggestion(name, names);
    throw new Error(`there is no metric ${JSON.stringify(name)}${hint} (metrics: ${names.join(", ")})`);
  }
  const elsewhere = Object.keys(options).find((option) => forAll[option]);
  if (elsewhere) throw new Error(`--metric ${text}: ${elsewhere} holds for all files; give ${forAll[elsewhere]}`);
  const average = Object.keys(options).find((option) => overSamples.includes(option));
  if (average)
    throw new Error(
      `--metric ${text}: ${average} is of samples in one tensor; of files, the value is the mean over a ` +
        `file's classes, ` +
        "and the summary has each class's mean and what is pooled",
    );
  checkOptions(seg, request);
  return request;
}

/** The metrics asked for; an error says all that is wrong with them. */
function readMetrics(seg: SegLoss, texts: readonly string[] | undefined): Asked[] {
  const mistakes: string[] = [];
  const asked = (texts ?? free.map(({ name }) => name)).flatMap((text) => {
    try {
      return [{ ...readMetric(seg, text), label: text, unnamed: texts === undefined }];
    } catch (error) {
      mistakes.push((error as Error).message);
      return [];
    }
  });
  if (mistakes.length > 0) throw new Error(mistakes.join("\nerror: "));
  return asked;
}

/** Every prediction with its target; one without is told as a failure. */
function casesOf(preds: Files, targets: Files, fail: (failure: Failure) => void): Case[] {
  return preds.paths.flatMap((pred) => {
    const item = nameOf(pred, preds);
    try {
      return [{ item, pred, target: targetOf(pred, preds, targets) }];
    } catch (error) {
      fail({ item, message: (error as Error).message });
      return [];
    }
  });
}

/** What all files hold: a pass of its own, once. */
async function survey(crew: Crew, cases: readonly Case[], settings: Settings, bar: Progress): Promise<Contents> {
  const found = new Survey(settings),
    told = cases.length > 1;
  if (told) bar.expect(cases.length);
  await crew.look(
    cases,
    (finding) => finding && found.add(finding),
    () => told && bar.tick("looking at what the files hold"),
  );
  return found.decide();
}

interface Options extends FileOptions {
  readonly metric?: string[];
  readonly includeBackground?: boolean;
  readonly strict?: boolean;
  readonly jobs?: string;
  readonly resume?: string;
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
  const cases = casesOf(preds, targets, fail),
    common = { asked, settings, includeBackground },
    crew = new Crew(seg, common, jobsOf(options.jobs, cases.length));
  let journal: Journal | undefined;
  const tell = (scored: Scored) => {
    for (const { text, kind } of scored.notes) notes.add(text, kind);
    if (scored.overlapping) summary.overlapping = true;
    for (const row of scored.rows) {
      summary.add(row);
      output.row(row);
    }
    for (const counts of scored.counts) summary.count(counts ?? undefined);
    for (const failure of scored.failures) fail(failure);
  };
  try {
    if (options.resume !== undefined) journal = new Journal(options.resume, common, cases);
    const contents = journal?.contents ?? (await survey(crew, cases, settings, bar)),
      negative = contents.labels.filter((label) => label < 0);
    journal?.begin(contents);
    if (negative.length > 0)
      bar.tell(`labels below 0 (${few(negative.map(String))}) are told, but no mean counts them`);
    await crew.score(cases, contents, tell, (each) => bar.tick(each.pred), journal);
  } catch (error) {
    fail({ message: (error as Error).message });
  } finally {
    await crew.end();
    journal?.close();
  }
  const of = (label: string) => asked.find((each) => each.label === label);
  const pooledBy = (label: string): FromCounts | undefined => {
    const request = of(label);
    // How another library pools, its own number says.
    if (!request || isPreset(request.name)) return undefined;
    const { ofCounts } = standIn(request).metric,
      from = ofCounts as ((counts: Parameters<FromCounts>[0], options: object) => number) | undefined;
    return from && ((counts) => from(counts, { emptyScore: Number.NaN, ...request.options }));
  };
  const rows = summary.rows(pooledBy, (label, scores) =>
    meanOf(
      scores,
      summary.overlapping || ((of(label)?.options.includeBackground as boolean | undefined) ?? includeBackground),
    ),
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
      "metrics, as NAME or NAME:{JSON of its options} (default: every one; of labels, those that labels have)",
    )
    .option("--classes <n>", "labels 0 to n - 1 (default: the labels that occur)")
    .option("--include-background", "let the mean count label 0, too")
    .option("--jobs <n>", "threads that read and score (default: one per core)")
    .option("--resume <journal>", "write each case to this file as it ends; where it exists, go on from there")
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
