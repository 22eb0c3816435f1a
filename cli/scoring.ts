import type { MetricName, MetricResult, SegLoss } from "segloss";
import type { Both } from "../src/files/both";
import { type Contents, type Finding, findingOf } from "../src/files/contents";
import { type Pair, pairsOf } from "../src/files/pairs";
import type { Settings } from "../src/files/settings";
import type { Request } from "./arguments";
import { readBoth } from "./both";
import { type Counts, countPair } from "./counts";
import { type Evidence, evidenceOf } from "./evidence";
import type { Kept } from "./kept";
import { isPreset, type Name, standIn } from "./metricPresets";
import { type Call, scoreObjects } from "./objects";
import { odditiesOf } from "./oddities";
import type { Row } from "./summary";

export interface Failure {
  readonly item?: string;
  readonly metric?: string;
  readonly message: string;
}

/** A metric as asked for; the label tells two of one name apart. */
export type Asked = Request<Name> & {
  readonly label: string;
  /** True of what was not asked for by name: left out where labels have no probabilities. */
  readonly unnamed?: boolean;
};

/** Whether every label is one object, so that there are no classes to tell. */
export const ofIds = (request: Request<Name>): boolean =>
  (standIn(request).own as { instances?: unknown }).instances === "labels";

/** Whether the size of a pixel acts on it: steps between pixels have none. */
function isSized(request: Request<Name>): boolean {
  const { metric, own } = standIn(request),
    { distance = "euclidean" } = own as { distance?: unknown };
  return Object.hasOwn(metric.options, "spacing") && distance === "euclidean";
}

/** What is told of a case, and what it is an example of, where its words do not say. */
interface Note {
  readonly text: string;
  readonly kind?: string;
}

/** What holds for all cases of a run. */
export interface Common {
  readonly asked: readonly Asked[];
  readonly settings: Settings;
  readonly includeBackground: boolean;
  /** Whether a report is to be made, which takes more than scores. */
  readonly evidence?: boolean;
}

/** A prediction, its target, and the name of their row. */
export interface Case {
  readonly item: string;
  readonly pred: string;
  readonly target: string;
  /** Size of a pixel, where a manifest says it of each case. */
  readonly spacing?: readonly number[];
}

/** All that is said of one case: plain data, which may go to another thread or to a file. */
export interface Scored {
  readonly rows: readonly Row[];
  /** Of each sample by label; nothing where they are not known. */
  readonly counts: readonly (Readonly<Record<string, Counts>> | null)[];
  readonly notes: readonly Note[];
  /** What a report shows beside scores, of each sample. */
  readonly evidence: readonly Evidence[];
  /** Whether a pixel may lie in several classes: then the first is no background. */
  readonly overlapping: boolean;
  readonly failures: readonly Failure[];
}

/** The mean of the scores that are defined, of labels above 0 unless the background counts. */
export function meanOf(perClass: Row["perClass"], withBackground: boolean): number {
  const defined = Object.entries(perClass).filter(
    ([label, score]) => !Number.isNaN(score) && (withBackground || Number(label) > 0),
  );
  return defined.length === 0 ? Number.NaN : defined.reduce((sum, [, score]) => sum + score, 0) / defined.length;
}

/** The classes of a pair that are told: those that occur, and every channel but the background of a single one. */
const told = ({ ids, options }: Pair, { labels }: Contents): readonly number[] => {
  if (options.activation === undefined) return labels;
  return ids;
};

/** What all metrics of a pair are told of it. */
function optionsOf(request: Asked, { spacing, options: { numClasses, ...reading } }: Pair) {
  return {
    ...reading,
    ...(numClasses === undefined || ofIds(request) ? {} : { numClasses }),
    ...(spacing && isSized(request) ? { spacing } : {}),
  };
}

/** A metric's own options, without the one that is said of its mean here. */
const givenOf = ({ options: { includeBackground: _, ...rest } }: Asked) => rest;

/** Results of metrics by their labels, of one call, which looks once at what they share. */
function scoreTogether(seg: SegLoss, requests: readonly Asked[], pair: Pair): ReadonlyMap<string, MetricResult> {
  const own = requests.filter(({ name }) => !isPreset(name));
  if (own.length < 2) return new Map();
  const metrics = own.map((request) => ({
    ...{ name: request.name, as: request.label },
    options: { ...optionsOf(request, pair), ...givenOf(request) },
  }));
  try {
    return new Map(Object.entries(seg.metrics.evaluate(pair.pred, pair.target, metrics as never)));
  } catch {
    // One of them fails, and the others go on: each is called alone.
    return new Map();
  }
}

/** One metric of a pair: its result, if it is not known yet, and its value over the classes that its mean counts. */
function scoreOne(
  seg: SegLoss,
  request: Asked,
  pair: Pair,
  withBackground: boolean,
  known: MetricResult | undefined,
): { readonly found: MetricResult; readonly value: (scores: Row["perClass"]) => number } {
  const { name, options: given } = request,
    { metric, own } = standIn(request),
    all = optionsOf(request, pair);
  if (!isPreset(name)) {
    const options = { ...all, ...givenOf(request) },
      found = known ?? (seg.metrics[name] as Call)(pair.pred, pair.target, options);
    return {
      found,
      value: (scores) => (metric.overall?.(options as never) ? found.value : meanOf(scores, withBackground)),
    };
  }
  // Which classes it counts, and how, is part of its number.
  const single = pair.pred.data instanceof Float32Array && pair.pred.shape[1] === 1,
    tensors = { ...all, ...(single || metric.scoresOnly ? {} : { includeBackground: withBackground }) },
    open = Object.fromEntries(Object.entries(tensors).filter(([key]) => !Object.hasOwn(own, key))),
    found = seg.metrics.preset(name, pair.pred as never, pair.target as never, given as never, open as never);
  return { found, value: () => found.value };
}

/** All metrics of one pair; what fails is told and the others go on. */
function scorePair(
  seg: SegLoss,
  { asked, includeBackground }: Common,
  contents: Contents,
  both: Both,
  pair: Pair,
  item: string,
  fail: (metric: string, message: string) => void,
): { rows: Row[]; counts: Scored["counts"][number] } {
  const rows: Row[] = [],
    single = pair.pred.data instanceof Float32Array && pair.pred.shape[1] === 1,
    classes = single ? [1] : told(pair, contents);
  const byLabel = <T>(of: (place: number) => T) =>
    Object.fromEntries(
      classes
        .map((label) => [String(label), of(pair.ids.indexOf(label))] as const)
        .filter(([, each]) => each !== undefined),
    ) as Record<string, Exclude<T, undefined>>;
  const ofObjects = (request: Asked) =>
      ofIds(request) && !isPreset(request.name) && (both.volume.objects || both.truth.objects),
    wanted = asked.filter(
      (request) =>
        !(request.unnamed && standIn(request).metric.scoresOnly && !(pair.pred.data instanceof Float32Array)),
    ),
    known = scoreTogether(
      seg,
      wanted.filter((request) => !ofObjects(request)),
      pair,
    );
  for (const request of wanted) {
    const { label, options: own } = request;
    if (ofObjects(request)) {
      try {
        const perClass = scoreObjects(seg.metrics[request.name as MetricName] as Call, both, contents.labels, own);
        rows.push({ item, metric: label, value: meanOf(perClass, false), perClass });
      } catch (error) {
        fail(label, (error as Error).message);
      }
      continue;
    }
    try {
      const ownBackground = own.includeBackground,
        withBackground = pair.overlapping || (typeof ownBackground === "boolean" ? ownBackground : includeBackground),
        { found, value } = scoreOne(seg, request, pair, withBackground, known.get(label)),
        { labels, perClass } = found;
      if (ofIds(request)) {
        rows.push({ item, metric: label, value: found.value, perClass: {} });
        continue;
      }
      // A score of all classes at once has no columns.
      const columnOf = (place: number) => (single ? 0 : labels.indexOf(place)),
        scores = labels.length > 0 ? byLabel((place) => perClass[columnOf(place)] as number | undefined) : {};
      rows.push({ item, metric: label, perClass: scores, value: value(scores) });
    } catch (error) {
      fail(label, (error as Error).message);
    }
  }
  const counts = countPair(pair);
  return { rows, counts: counts ? byLabel((place) => counts[place]) : null };
}

/** One prediction with all metrics. */
export async function scoreCase(
  seg: SegLoss,
  common: Common,
  contents: Contents,
  each: Case,
  kept: Kept,
): Promise<Scored> {
  const { item, pred, target, spacing } = each,
    { asked } = common,
    settings = spacing ? { ...common.settings, spacing } : common.settings,
    evidence: Evidence[] = [],
    rows: Row[] = [],
    counts: Scored["counts"][number][] = [],
    notes: Note[] = [],
    failures: Failure[] = [];
  let overlapping = false;
  try {
    const both = kept.take(each) ?? (await readBoth(pred, target, settings)),
      { pairs, notes: said } = pairsOf(both, contents, settings),
      wrong = new Set<string>();
    notes.push(...said.map((text) => ({ text })));
    for (const { pred: scores, target: truth, options } of pairs) {
      if (!(scores.data instanceof Float32Array) || both.masks) continue;
      for (const { text, kind } of odditiesOf(seg, scores, truth, options, "score"))
        notes.push({ text: `${pred}: ${text}`, kind });
    }
    const sized = asked.find(isSized),
      fault = asked.some((each) => !ofIds(each)) && faultOf(both);
    if (fault) throw new Error(fault);
    if (both.spacingFault && !settings.spacing && sized)
      throw new Error(
        `${target}: ${both.spacingFault}, so that ${sized.name} has no unit; give --spacing, the size along z, y, x`,
      );
    const failOnce = (metric: string, message: string) => {
      // A file that is wrong is wrong for every metric.
      const reason = message.replace(/^metrics\.\w+: /, "");
      if (!wrong.has(reason))
        failures.push({ item, metric, message: `${/^target/.test(reason) ? target : pred}: ${message}` });
      wrong.add(reason);
    };
    for (const [n, pair] of pairs.entries()) {
      const name = pairs.length > 1 ? `${item}[${n}]` : item,
        found = scorePair(seg, common, contents, both, pair, name, failOnce);
      rows.push(...found.rows);
      overlapping ||= pair.overlapping;
      counts.push(found.counts);
      if (common.evidence) evidence.push(evidenceOf(seg, pair));
    }
  } catch (error) {
    failures.push({ item, message: (error as Error).message });
  }
  return { rows, counts, notes, evidence, overlapping, failures };
}

const faultOf = ({ volume, truth, paths }: Both) =>
  (volume.fault && `${paths.pred}: ${volume.fault}`) ?? (truth.fault && `${paths.target}: ${truth.fault}`);

/** What a first look found, and whether what it decoded waits to be scored. */
export interface Looked {
  /** Nothing where the case cannot be read, which is told when its turn comes. */
  readonly finding?: Finding;
  readonly kept: boolean;
  /** Numbers of the prediction. */
  readonly size: number;
}

/** What a case holds, for the survey of all. */
export async function lookAt({ settings }: Common, each: Case, kept?: Kept): Promise<Looked> {
  const { pred, target, spacing } = each;
  const begun = performance.now();
  try {
    const both = await readBoth(pred, target, spacing ? { ...settings, spacing } : settings),
      took = performance.now() - begun,
      finding = findingOf(both, settings);
    return { finding, kept: kept?.keep(each, both, took) ?? false, size: both.volume.data.length };
  } catch {
    return { kept: false, size: 0 };
  }
}
