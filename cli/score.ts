import type { Command } from "commander";
import { load, type SegLoss } from "segloss";
import { type Contents, Survey } from "../src/files/contents";
import type { Settings } from "../src/files/settings";
import { addFileOptions, readSettings } from "./arguments";
import { type Chosen, gatherCases, refuseIdle } from "./cases";
import { Crew, hire, jobsOf } from "./crew";
import type { Hand } from "./hand";
import { Journal } from "./journal";
import { few, Notes } from "./notes";
import { openOutput } from "./output";
import { type Progress, progress } from "./progress";
import { Sender } from "./queue";
import { readQueueUrl } from "./redis";
import { readMetrics } from "./requests";
import { checkOptions, readShard, resamplingOf, type ScoreOptions, shardSizeOf, worstOf } from "./scoreOptions";
import type { Case, Common, Failure, Scored } from "./scoring";
import { QueueCrew } from "./shards";
import { refuseOverwriting } from "./sink";
import { PartWriter } from "./states";
import { Tally } from "./tally";
import { Told } from "./told";

/** What all files hold: a pass of its own, once; what of them is scored `later` need not be read again. */
async function survey(
  crew: Crew | QueueCrew,
  cases: readonly Case[],
  later: readonly Case[],
  settings: Settings,
  bar: Progress,
): Promise<Contents> {
  const found = new Survey(settings),
    told = cases.length > 1;
  if (told) bar.expect(cases.length);
  await crew.look(
    cases,
    (finding) => finding && found.add(finding),
    () => told && bar.tick("looking at what the files hold"),
    new Set(later),
  );
  return found.decide();
}

/** Who does the work of a run: threads of this machine, or whoever serves a queue. */
async function crewOf(
  options: ScoreOptions,
  seg: SegLoss,
  common: Common,
  cases: number,
  hands: readonly Hand[],
  tell: (text: string) => void,
) {
  if (options.queue === undefined) return new Crew(seg, common, jobsOf(options.jobs, cases), hands);
  const sender = await Sender.open(readQueueUrl(options.queue), tell);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => sender.stop(`stopped by ${signal}`));
  return new QueueCrew(sender, common, shardSizeOf(options));
}

/** The other model's cases: its predictions with the same targets. */
const othersOf = (cases: readonly Chosen[]): Chosen[] =>
  cases.flatMap((each) => (each.other === undefined ? [] : [{ ...each, pred: each.other }]));

/** Files that the options have read and written, and what is read of them, fit together. */
function checkFiles(options: ScoreOptions, cases: readonly Chosen[]): void {
  const { output, report, state, resume, manifest, pred = [], target = [], against = [], image = [] } = options,
    read = cases.flatMap((each) => [each.pred, each.target, ...(each.other === undefined ? [] : [each.other])]);
  refuseIdle(options, read);
  refuseOverwriting({ "-o": output, "--report": report, "--state": state, "--resume": resume }, [
    ...[manifest, ...pred, ...target, ...against, ...image],
    ...read,
    ...cases.map((each) => each.image),
  ]);
}

/** What went wrong, told as it happens; what comes before there is a bar to tell it above waits for that. */
class Failures {
  readonly all: Failure[] = [];
  #early: string[] = [];
  #tell = (text: string): void => {
    this.#early.push(text);
  };

  readonly add = (failure: Failure): void => {
    this.all.push(failure);
    this.#tell(`error: ${failure.message}`);
  };

  tellBy(tell: (text: string) => void): void {
    this.#tell = tell;
    for (const text of this.#early) tell(text);
    this.#early = [];
  }
}

/** The cases of this run, or of its part. */
interface Selection {
  /** Of all parts. */
  readonly run: readonly Chosen[];
  readonly cases: readonly Chosen[];
  /** Where each of the cases stands in the run. */
  readonly places: readonly number[];
  /** The same with another model's predictions. */
  readonly others: readonly Chosen[];
  /** What is missing, by what is said of it. */
  readonly lacking: readonly (readonly [what: string, paths: readonly string[]])[];
  readonly missing: readonly string[];
  readonly dataset?: string;
}

async function select(options: ScoreOptions, failures: Failures): Promise<Selection> {
  const { of, part } = readShard(options.shard),
    { cases: run, missing, alone, dataset } = await gatherCases(options, failures.add),
    places = run.flatMap((_, place) => (place % of === part - 1 ? [place] : [])),
    cases = places.map((place) => run[place]);
  checkFiles(options, run);
  const lacking = [
    ["without a prediction", missing],
    ["without one to compare with", alone],
  ] as const;
  return { run, cases, places, others: othersOf(cases), lacking, missing, dataset };
}

/** Threads for what was selected, where those of this machine do the work. */
const hireFor = ({ queue, jobs }: ScoreOptions, { cases, others }: Selection): readonly Hand[] =>
  queue === undefined ? hire(jobsOf(jobs, cases.length + others.length)) : [];

interface Run {
  readonly options: ScoreOptions;
  readonly seg: SegLoss;
  readonly common: Common;
  readonly selection: Selection;
  readonly hands: readonly Hand[];
  readonly bar: Progress;
  readonly failures: Failures;
}

/**
 * Scores what was selected, in order, of which `tell` is told; what a run breaks off by is a failure like others. The
 * state is written if it does not.
 */
async function scoreAll(
  { options, seg, common, selection, hands, bar, failures }: Run,
  state: PartWriter,
  tell: (scored: Scored, each: Chosen, place: number) => void,
): Promise<Contents | undefined> {
  const { run, cases, others, missing } = selection,
    all = [...cases, ...others],
    before = [...failures.all];
  let crew: Crew | QueueCrew | undefined,
    journal: Journal | undefined,
    told = 0,
    contents: Contents | undefined;
  try {
    crew = await crewOf(options, seg, common, all.length, hands, bar.tell);
    if (options.resume !== undefined) journal = await Journal.open(options.resume, common, all);
    contents = journal?.contents ?? (await survey(crew, [...run, ...others], all, common.settings, bar));
    const negative = contents.labels.filter((label) => label < 0);
    journal?.begin(contents);
    if (negative.length > 0)
      bar.tell(`labels below 0 (${few(negative.map(String))}) are told, but no mean counts them`);
    await crew.score(
      all,
      contents,
      (scored) => tell(scored, all[told], told++),
      (each) => bar.tick(each.pred),
      journal,
    );
    const items = run.map(({ item }) => item);
    if (options.state !== undefined) state.write(options.state, { common, contents, items, missing, failures: before });
  } catch (error) {
    failures.add({ message: (error as Error).message });
  } finally {
    await crew?.end();
    journal?.close();
  }
  return contents;
}

/** Scores what was selected, and tells all of it; the status of the process. */
async function tellAll(run: Run): Promise<number> {
  const { options, common, selection, bar, failures } = run,
    { cases, places, others, lacking, missing } = selection,
    { asked, settings } = common,
    compared = others.length > 0 || options.against !== undefined,
    resampling = resamplingOf(options, compared || options.report !== undefined),
    notes = new Notes(bar.tell),
    tally = new Tally(),
    state = new PartWriter();
  // A table is as wide as the longest name of the whole run, so that parts look alike.
  const names = selection.run.map(({ item }) => item),
    { output, close } = await openOutput(options, bar.print, names, asked),
    telling = new Told(common, output, notes, failures.add, resampling);
  failures.tellBy(bar.tell);
  for (const [what, paths] of lacking) {
    if (paths.length === 0) continue;
    const text = `${what}: ${few(paths)}`;
    if (options.strict) failures.add({ message: `${text} (--strict)` });
    else bar.tell(text);
  }
  const tell = (scored: Scored, each: Chosen, place: number) => {
    const first = place < cases.length;
    telling.add(scored, each, first);
    if (first && options.report) tally.add(scored);
    if (options.state !== undefined) state.add(places[place], scored, each);
  };
  const contents = await scoreAll(run, state, tell),
    results = telling.end(failures.all, missing, compared);
  if (options.report && contents && resampling) {
    const { writeScoreReport } = await import("./scoreReport"),
      { summary, other } = telling,
      worst = worstOf(options);
    await writeScoreReport(options.report, {
      ...{ asked, cases, settings, contents, summary, other, tally, resampling, worst, results },
    });
    bar.tell(`report: ${options.report}`);
  }
  notes.end();
  bar.stop();
  close();
  return failures.all.length > 0 ? 1 : 0;
}

/** Metrics of predictions, file by file. */
async function score(options: ScoreOptions): Promise<number> {
  checkOptions(options);
  const own = readSettings(options),
    failures = new Failures(),
    // Threads start while this one loads.
    loading = load(),
    selection = await select(options, failures),
    hands = hireFor(options, selection),
    seg = await loading,
    asked = readMetrics(seg, options.metric),
    { cases, others, dataset } = selection,
    settings = { ...own, reading: { ...own.reading, dataset } },
    includeBackground = options.includeBackground ?? false,
    common = { asked, settings, includeBackground, evidence: options.report !== undefined },
    bar = await progress(cases.length + others.length);
  try {
    return await tellAll({ options, seg, common, selection, hands, bar, failures });
  } finally {
    // Drawn by a timer, which keeps the process alive.
    bar.stop();
  }
}

export function addScore(program: Command, finish: (code: number) => void): void {
  addFileOptions(program.command("score").description("metrics of predictions, file by file and over all"))
    .option(
      "--metric <name...>",
      "metrics, as NAME or NAME:{JSON of its options} (default: every one; of labels, those that labels have)",
    )
    .option(
      "--manifest <file>",
      "the cases: CSV, TSV, JSON or JSON lines with pred, target and, if wanted, id, group, spacing, weight, image " +
        "and against; files are named from its own folder on",
    )
    .option("--group <column>", "means of each group of a manifest's cases (default: its column group, if any)")
    .option("--against <file...>", "another model's predictions of the same cases, to be compared with")
    .option("--bootstrap <n>", "95 % intervals of means, from so many draws of cases (with --against, --report: 2000)")
    .option("--seed <n>", "of the draws (default: 0)")
    .option("--report <file>", "write a page with tables, plots and the worst cases")
    .option("--image <file...>", "the images, for the report")
    .option("--worst <n>", "how many cases the report draws (default: 12)")
    .option("--classes <n>", "labels 0 to n - 1 (default: the labels that occur)")
    .option("--include-background", "let the mean count label 0, too")
    .option("--jobs <n>", "threads that read and score (default: one per core)")
    .option("--resume <journal>", "write each case to this file as it ends; where it exists, go on from there")
    .option(
      "--shard <i/n>",
      "score the i-th of n parts only; each looks at all files first, so that all read them alike",
    )
    .option("--state <file>", "write the scores to this file, too: segloss merge makes one output of all parts")
    .option(
      "--queue <url>",
      "let segloss worker on any machines score: redis://host:port[/database] (needs npm install bullmq ioredis)",
    )
    .option("--shard-size <n>", "cases in each message of the queue (default: 16)")
    .option("--strict", "make a target without a prediction an error")
    .addHelpText(
      "after",
      `
A prediction holds labels [...spatial] or scores [C, ...spatial], a target labels [...spatial].

Examples:
  segloss score --pred predictions --target truth --metric dice 'hausdorffDistance:{"percentile":95}' --csv
  segloss score --pred detections.json --target instances_val.json --min-score 0.5 --overlap last --metric iou
  segloss score --manifest cases.csv --group scanner --metric dice --bootstrap 2000
  segloss score --pred new --target truth --against old --image images --metric dice --report out.html`,
    )
    .action(async (options: ScoreOptions) => finish(await score(options)));
}
