import type { Command } from "commander";
import { load, type Metric, type MetricName, metricCatalog, type SegLoss } from "segloss";
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
import { few, Notes } from "./notes";
import { outputFor } from "./output";
import { type Progress, progress } from "./progress";
import { type Asked, type Call, type Case, declarationOf, type Failure, ofIds, type Scored } from "./scoring";
import type { Settings } from "./settings";
import { openSink } from "./sink";
import { PartWriter } from "./states";
import { Tally } from "./tally";

const names = metricCatalog.map(({ name }) => name);
/** Those that need no option. */
const free = metricCatalog.filter(({ options }) => !Object.values(options).some((option) => "required" in option));

/** Options of a metric that the command line has for all of them. */
const forAll: Record<string, string> = {
  activation: "--activation",
  ignoreIndex: "--ignore-index",
  layout: "--axes",
  numClasses: "--classes",
};

/** Throws what is wrong with a metric's options, before any file is read: some number of axes must do. */
function checkOptions(seg: SegLoss, { name, options }: Request<MetricName>): void {
  const { scoresOnly } = declarationOf(name) as Metric,
    errors = [2, 3].flatMap((axes) => {
      const ones = Array(axes).fill(1),
        pixel = { data: new Uint8Array(1), shape: [1, ...ones] },
        scores = { data: new Float32Array(2), shape: [1, 2, ...ones] },
        classes = ofIds(options) ? {} : { numClasses: 2 };
      try {
        (seg.metrics[name] as Call)(scoresOnly ? scores : pixel, pixel, { ...classes, ...options });
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
      return [{ ...request, label: text, unnamed: texts === undefined }];
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
  readonly shard?: string;
  readonly state?: string;
}

/** Which of how many parts: I/N, from 1 on. */
function readShard(text = "1/1"): { readonly part: number; readonly of: number } {
  const [part, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (part >= 1 && part <= of) return { part, of };
  throw new Error(`--shard takes I/N, such as 1/4 to 4/4, got ${text}`);
}

/** Metrics of predictions, file by file. */
async function score(options: Options): Promise<number> {
  const settings = readSettings(options),
    pairing = readPairing(options),
    { of, part } = readShard(options.shard),
    seg = await load(),
    asked = readMetrics(seg, options.metric),
    includeBackground = options.includeBackground ?? false;
  const [preds, targets] = [listFiles(options.pred, pairing.pred), listFiles(options.target, pairing.target)],
    missing = missingPredictions(preds, targets),
    failures: Failure[] = [],
    bar = progress(preds.paths.length),
    { print, close } = openSink(options.output, bar.print);
  const fail = (failure: Failure) => {
    failures.push(failure);
    bar.tell(`error: ${failure.message}`);
  };
  const rows = preds.paths.map((pred) => nameOf(pred, preds)),
    output = outputFor(options, print, rows, asked),
    common = { asked, settings, includeBackground },
    tally = new Tally(common, output, new Notes(bar.tell), fail);
  if (missing.length > 0) {
    const text = `without a prediction: ${few(missing)}`;
    if (options.strict) fail({ message: `${text} (--strict)` });
    else bar.tell(text);
  }
  const all = casesOf(preds, targets, fail),
    before = [...failures],
    isOwn = (place: number) => place % of === part - 1,
    cases = all.filter((_, place) => isOwn(place)),
    places = all.flatMap((_, place) => (isOwn(place) ? [place] : [])),
    state = new PartWriter(),
    crew = new Crew(seg, common, jobsOf(options.jobs, all.length));
  let journal: Journal | undefined,
    told = 0;
  const tell = (scored: Scored) => {
    tally.add(scored);
    if (options.state !== undefined) state.add(places[told], scored);
    told++;
  };
  try {
    if (options.resume !== undefined) journal = new Journal(options.resume, common, cases);
    const contents = journal?.contents ?? (await survey(crew, all, settings, bar)),
      negative = contents.labels.filter((label) => label < 0);
    journal?.begin(contents);
    if (negative.length > 0)
      bar.tell(`labels below 0 (${few(negative.map(String))}) are told, but no mean counts them`);
    await crew.score(cases, contents, tell, (each) => bar.tick(each.pred), journal);
    const run = { common, contents, items: all.map(({ item }) => item), names: rows, missing, failures: before };
    if (options.state !== undefined) state.write(options.state, run);
  } catch (error) {
    fail({ message: (error as Error).message });
  } finally {
    await crew.end();
    journal?.close();
  }
  tally.end(failures, missing);
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
    .option(
      "--shard <i/n>",
      "score the i-th of n parts only; each looks at all files first, so that all read them alike",
    )
    .option("--state <file>", "write the scores to this file, too: segloss merge makes one output of all parts")
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
