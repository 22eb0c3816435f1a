import type { Command } from "commander";
import { load, type SegLoss } from "segloss";
import { type Contents, Survey } from "../src/files/contents";
import type { Settings } from "../src/files/settings";
import { addFileOptions, readSettings, whole } from "./arguments";
import { type CaseOptions, type Chosen, gatherCases, refuseIdle } from "./cases";
import { Crew, jobsOf } from "./crew";
import { Journal } from "./journal";
import { few, Notes } from "./notes";
import { openOutput } from "./output";
import { formatOf } from "./outputFormat";
import { type Progress, progress } from "./progress";
import { Sender } from "./queue";
import { readQueueUrl } from "./redis";
import { readMetrics } from "./requests";
import type { Case, Common, Failure, Scored } from "./scoring";
import { QueueCrew } from "./shards";
import { refuseOverwriting } from "./sink";
import { PartWriter } from "./states";
import type { Resampling } from "./statistics";
import { Tally } from "./tally";
import { Told } from "./told";

/** What all files hold: a pass of its own, once. */
async function survey(
  crew: Crew | QueueCrew,
  cases: readonly Case[],
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
  );
  return found.decide();
}

interface Options extends CaseOptions {
  readonly metric?: string[];
  readonly includeBackground?: boolean;
  readonly strict?: boolean;
  readonly jobs?: string;
  readonly resume?: string;
  readonly bootstrap?: string;
  readonly seed?: string;
  readonly report?: string;
  readonly worst?: string;
  readonly shard?: string;
  readonly state?: string;
  readonly queue?: string;
  readonly shardSize?: string;
}

/** Which of how many parts: I/N, from 1 on. */
function readShard(text = "1/1"): { readonly part: number; readonly of: number } {
  const [part, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (part >= 1 && part <= of) return { part, of };
  throw new Error(`--shard takes I/N, such as 1/4 to 4/4, got ${text}`);
}

/** What is said of all cases cannot be said of a part. */
function refuseParts(options: Options): void {
  if (options.shard === undefined && options.state === undefined) return;
  for (const option of ["against", "report", "bootstrap"] as const)
    if (options[option] !== undefined)
      throw new Error(`--${option} is of all cases: it cannot be given with --shard or --state`);
}

/** Who does the work of a run: threads of this machine, or whoever serves a queue. */
async function crewOf(options: Options, seg: SegLoss, common: Common, cases: number, tell: (text: string) => void) {
  if (options.queue === undefined) return new Crew(seg, common, jobsOf(options.jobs, cases));
  const sender = await Sender.open(readQueueUrl(options.queue), tell);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => sender.stop(`stopped by ${signal}`));
  return new QueueCrew(sender, common, shardSizeOf(options));
}

/** What is of threads and files of this machine, or of a queue. */
function refuseQueue(options: Options): void {
  if (options.queue === undefined) {
    if (options.shardSize !== undefined) throw new Error("--shard-size is of --queue; give both");
    return;
  }
  readQueueUrl(options.queue);
  shardSizeOf(options);
  for (const option of ["shard", "resume", "jobs"] as const)
    if (options[option] !== undefined)
      throw new Error(
        `give one of --queue and --${option}: ${
          option === "jobs"
            ? "threads are those of segloss worker --jobs"
            : "a queue divides the cases itself and keeps what is done until the run ends"
        }`,
      );
}

const shardSizeOf = ({ shardSize = "16" }: Options) => whole("--shard-size", shardSize, 1);

/** How often cases are drawn: as asked for, and where a report or a comparison needs intervals. */
function resamplingOf({ bootstrap, seed }: Options, needed: boolean): Resampling | undefined {
  if (bootstrap === undefined && !needed) {
    if (seed !== undefined) throw new Error("--seed is of --bootstrap, --against and --report; give one of them");
    return undefined;
  }
  return {
    resamples: bootstrap === undefined ? 2000 : whole("--bootstrap", bootstrap, 100),
    seed: seed === undefined ? 0 : whole("--seed", seed, 0),
  };
}

/** The other model's cases: its predictions with the same targets. */
const othersOf = (cases: readonly Chosen[]): Chosen[] =>
  cases.flatMap((each) => (each.other === undefined ? [] : [{ ...each, pred: each.other }]));

/** Files that the options have read and written, and what is read of them, fit together. */
function checkFiles(options: Options, cases: readonly Chosen[]): void {
  const { output, report, state, resume, manifest, pred = [], target = [], against = [], image = [] } = options,
    read = cases.flatMap((each) => [each.pred, each.target, ...(each.other === undefined ? [] : [each.other])]);
  refuseIdle(options, read);
  refuseOverwriting({ "-o": output, "--report": report, "--state": state, "--resume": resume }, [
    ...[manifest, ...pred, ...target, ...against, ...image],
    ...read,
    ...cases.map((each) => each.image),
  ]);
}

/** Metrics of predictions, file by file. */
async function score(options: Options): Promise<number> {
  formatOf(options);
  const own = readSettings(options),
    seg = await load(),
    asked = readMetrics(seg, options.metric),
    includeBackground = options.includeBackground ?? false,
    worst = whole("--worst", options.worst ?? "12", 0),
    failures: Failure[] = [],
    early: string[] = [];
  let tellLine = (text: string) => {
    early.push(text);
  };
  const fail = (failure: Failure) => {
    failures.push(failure);
    tellLine(`error: ${failure.message}`);
  };
  if (options.worst !== undefined && !options.report) throw new Error("--worst is of --report; give both");
  if (options.image && !options.report) throw new Error("--image is of --report; give both");
  refuseParts(options);
  refuseQueue(options);
  const { of, part } = readShard(options.shard),
    { cases: run, missing, alone, dataset } = await gatherCases(options, fail);
  checkFiles(options, run);
  const isOwn = (place: number) => place % of === part - 1,
    cases = run.filter((_, place) => isOwn(place)),
    places = run.flatMap((_, place) => (isOwn(place) ? [place] : [])),
    settings = { ...own, reading: { ...own.reading, dataset } },
    others = othersOf(cases),
    all = [...cases, ...others],
    compared = others.length > 0 || options.against !== undefined,
    resampling = resamplingOf(options, compared || options.report !== undefined),
    bar = progress(all.length),
    notes = new Notes(bar.tell),
    tally = new Tally(),
    state = new PartWriter();
  tellLine = bar.tell;
  // A table is as wide as the longest name of the whole run, so that parts look alike.
  const items = run.map(({ item }) => item),
    common = { asked, settings, includeBackground, evidence: options.report !== undefined },
    { output, close } = await openOutput(options, bar.print, items, asked),
    telling = new Told(common, output, notes, fail, resampling);
  const lacking = (what: string, list: readonly string[]) => {
    if (list.length === 0) return;
    const text = `${what}: ${few(list)}`;
    if (options.strict) fail({ message: `${text} (--strict)` });
    else bar.tell(text);
  };
  for (const text of early) bar.tell(text);
  lacking("without a prediction", missing);
  lacking("without one to compare with", alone);
  const before = [...failures];
  let crew: Crew | QueueCrew | undefined,
    journal: Journal | undefined,
    told = 0,
    contents: Contents | undefined;
  const tell = (scored: Scored) => {
    const each = all[told],
      first = told < cases.length;
    telling.add(scored, each, first);
    if (first && options.report) tally.add(scored);
    if (options.state !== undefined) state.add(places[told], scored, each);
    told++;
  };
  try {
    crew = await crewOf(options, seg, common, all.length, bar.tell);
    if (options.resume !== undefined) journal = new Journal(options.resume, common, all);
    contents = journal?.contents ?? (await survey(crew, [...run, ...others], settings, bar));
    const negative = contents.labels.filter((label) => label < 0);
    journal?.begin(contents);
    if (negative.length > 0)
      bar.tell(`labels below 0 (${few(negative.map(String))}) are told, but no mean counts them`);
    await crew.score(all, contents, tell, (each) => bar.tick(each.pred), journal);
    if (options.state !== undefined) state.write(options.state, { common, contents, items, missing, failures: before });
  } catch (error) {
    fail({ message: (error as Error).message });
  } finally {
    await crew?.end();
    journal?.close();
  }
  const results = telling.end(failures, missing, compared),
    { summary, other } = telling;
  if (options.report && contents && resampling) {
    const { writeScoreReport } = await import("./scoreReport");
    await writeScoreReport(options.report, {
      ...{ asked, cases, settings, contents, summary, other, tally, resampling, worst, results },
    });
    bar.tell(`report: ${options.report}`);
  }
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
    .action(async (options: Options) => finish(await score(options)));
}
