import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { load } from "segloss";
import type { Settings } from "../src/files/settings";
import { type FileOptions, given, plain, type Request, readPairing, readSettings } from "./arguments";
import { refuseIdle } from "./cases";
import { compareItem, type Failure, fitting, type Name, type Result, readRequests } from "./compare";
import { csvLine } from "./csv";
import { type Files, listFiles, nameOf, partner, targetOf } from "./files";
import { type Item, readItems, surveyTargets, withImage, withWeights } from "./items";
import { Notes } from "./notes";
import { odditiesOf } from "./oddities";
import { compareFormats, formatOf } from "./outputFormat";
import { progress } from "./progress";
import { type Group, htmlReport } from "./report";
import { openSink, refuseOverwriting } from "./sink";
import { table } from "./table";

interface Options extends FileOptions {
  readonly image?: string[];
  readonly pixelWeights?: string[];
  readonly loss?: string[];
  readonly report?: string;
}

/** What is read of all predictions; what cannot be is reported, the others go on. */
async function readAll(
  { preds, targets, images, weights }: Record<"preds" | "targets" | "images" | "weights", Files>,
  settings: Settings,
  failures: Failure[],
): Promise<Item[]> {
  const attempt = async <T>(pred: string, work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      failures.push({ item: nameOf(pred, preds), message: (error as Error).message });
      return undefined;
    }
  };
  const pairs: (readonly [string, string])[] = [],
    all: Item[] = [];
  for (const pred of preds.paths) {
    const target = await attempt(pred, () => targetOf(pred, preds, targets));
    if (target !== undefined) pairs.push([pred, target]);
  }
  const contents = await surveyTargets(pairs, settings);
  for (const [pred, target] of pairs) {
    const items = await attempt(pred, async () => {
      const read = await readItems(nameOf(pred, preds), pred, target, settings, contents);
      if (weights.paths.length === 0) return read;
      const path = partner(pred, preds, weights);
      if (!path) throw new Error(`${pred}: no weights of pixels of the same name among those given`);
      return withWeights(read, path, target, settings);
    });
    for (const item of items ?? []) {
      // The losses do without an image: one that fails is reported, its item goes on.
      const pictured =
        images.paths.length > 0 &&
        (await attempt(pred, () => {
          const image = partner(pred, preds, images);
          if (!image) throw new Error(`${pred}: no image of the same name among those given`);
          return withImage(item, image);
        }));
      all.push(pictured || item);
    }
  }
  return all;
}

function tables(results: readonly Result[], items: readonly Item[]): string {
  const parts = items.flatMap((item) => {
    const rows = results
      .filter((result) => result.item === item.name)
      .map((r) => [r.loss, r.value.toPrecision(6), r.gradientNorm.toExponential(3), r.milliseconds.toFixed(2)]);
    if (rows.length === 0) return [];
    const heading = `${item.name}: ${item.activation}, C = ${item.pred.shape[1]}, ${item.spatial.join(" x ")}`;
    return [`\n${heading}\n${table(["loss", "value", "gradient norm", "ms"], rows)}`];
  });
  return parts.join("\n");
}

const csv = (results: readonly Result[]) =>
  [
    csvLine("item", "loss", "value", "gradientNorm", "milliseconds"),
    ...results.map((r) => csvLine(r.item, r.loss, r.value, r.gradientNorm, r.milliseconds)),
  ].join("\n");

const json = (results: readonly Result[], failures: readonly Failure[]) =>
  JSON.stringify({ results: results.map(({ grad, ...result }) => result), failures }, plain, 1);

/** What an item is asked without a `--loss`, and what it is not asked. */
function fittingWithNote(item: Item): Request<Name>[] {
  const { requests, without } = fitting(item);
  if (without.length > 0) console.error(`${item.name}: without ${without.join("; ")}`);
  return requests;
}

function writeReport(path: string, groups: readonly Group[], failures: readonly Failure[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, htmlReport(groups, failures));
  console.error(`report: ${resolve(path)}`);
}

const line = ({ item, loss, message }: Failure) => `error: ${item && loss ? `${item}: ` : ""}${message}`;

export async function compare(options: Options): Promise<number> {
  const format = formatOf(options, compareFormats),
    settings = { ...readSettings(options), scores: true },
    pairing = readPairing(options),
    seg = await load(),
    asked = options.loss && readRequests(seg, options.loss),
    failures: Failure[] = [],
    results: Result[] = [],
    groups: Group[] = [];
  const finding = { recursive: options.recursive },
    files = {
      preds: await listFiles(given(options, "pred"), pairing.pred, finding),
      targets: await listFiles(given(options, "target"), pairing.target, finding),
      images: await listFiles(options.image ?? [], pairing.pred, finding),
      weights: await listFiles(options.pixelWeights ?? [], pairing.pred, finding),
    };
  const { preds, targets, images, weights } = files;
  refuseIdle(options, [...preds.paths, ...targets.paths]);
  refuseOverwriting({ "-o": options.output, "--report": options.report }, [
    ...[...(options.pred ?? []), ...(options.target ?? [])],
    ...[preds, targets, images, weights].flatMap(({ paths }) => paths),
  ]);
  const items = await readAll(files, settings, failures),
    work = items.map((item) => ({ item, requests: asked ?? fittingWithNote(item) })),
    notes = new Notes(console.error);
  for (const item of items) {
    for (const note of item.notes) notes.add(note);
    const { pred, target, activation, ignoreIndex, spatial } = item,
      options = { activation, spatialDims: spatial.length, ...(ignoreIndex === undefined ? {} : { ignoreIndex }) };
    for (const { text, kind } of odditiesOf(seg, pred, target, options, "compare"))
      notes.add(`${item.name}: ${text}`, kind);
  }
  notes.end();
  const bar = await progress(work.reduce((n, { requests }) => n + requests.length, 0));
  for (const { item, requests } of work) {
    const found = compareItem(seg, requests, item, options.report !== undefined, () => bar.tick(item.name));
    results.push(...found.results);
    failures.push(...found.failures);
    groups.push({ title: item.name, columns: [{ heading: item.name, item, results: found.results }] });
  }
  bar.stop();
  const { print, close } = openSink(options.output);
  print(format === "json" ? json(results, failures) : format === "csv" ? csv(results) : tables(results, items));
  close();
  if (options.report) writeReport(options.report, groups, failures);
  for (const failure of failures) console.error(line(failure));
  return failures.length > 0 ? 1 : 0;
}
