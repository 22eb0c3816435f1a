import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { catalog, load, metricCatalog } from "segloss";
import { plain, type Request, readSettings, type Settings, spread } from "./arguments";
import { compareItem, type Failure, fitting, type Name, type Result, readRequests } from "./compare";
import { type Item, listFiles, nameOf, partner, readItem, withImage } from "./items";
import { progress } from "./progress";
import { type Group, htmlReport } from "./report";
import { score } from "./score";
import { table } from "./table";

const usage = `segloss list [--metrics] [--json]
segloss compare --pred FILE... --target FILE... [--image FILE...]
    [--loss NAME or NAME:JSON]...   default: every loss that fits; also other libraries' losses, such as monai.DiceLoss:{"softmax":true}
    [--activation softmax|sigmoid|none] [--ignore-index N]
    [--report out.html] [--json]
segloss score --pred FILE... --target FILE...
    [--metric NAME or NAME:JSON]... default: every metric
    [--activation softmax|sigmoid|none] [--ignore-index N]
    [--classes N] [--spacing N...]  default: what the files say
    [--json | --csv]

FILE is a .png, .npy, .nii or .nii.gz file or a folder of them; several pair up by name.
A prediction holds logits [C, ...spatial] (a PNG: probabilities), a target labels [...spatial].
To score, a prediction may also hold labels; with --activation it holds scores.`;

function list(json: boolean, metrics: boolean): number {
  const entries = metrics
    ? metricCatalog.map(({ score, ...entry }) => entry)
    : catalog.map(({ plan, ...entry }) => entry);
  if (json) console.log(JSON.stringify(entries, plain, 1));
  else if (metrics) {
    const rows = metricCatalog.map(({ name, best, formula }) => [name, best, formula]);
    console.log(table(["metric", "best", "formula"], rows, 3));
  } else {
    const rows = catalog.map(({ name, category, family, formula }) => [name, category, family, formula]);
    console.log(table(["loss", "level", "family", "formula"], rows, 4));
  }
  return 0;
}

const options = {
  pred: { type: "string", multiple: true },
  target: { type: "string", multiple: true },
  image: { type: "string", multiple: true },
  loss: { type: "string", multiple: true },
  activation: { type: "string" },
  "ignore-index": { type: "string" },
  report: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Paths = { pred?: string[]; target?: string[]; image?: string[] };

function readItems(values: Paths, settings: Settings, failures: Failure[]): Item[] {
  const [preds, targets, images] = [values.pred, values.target, values.image].map((paths) => listFiles(paths ?? []));
  const attempt = <T>(pred: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      failures.push({ item: nameOf(pred, preds), message: (error as Error).message });
      return undefined;
    }
  };
  return preds.paths.flatMap((pred) => {
    const item = attempt(pred, () => {
      const target = partner(pred, preds, targets);
      if (!target) throw new Error(`${pred}: no target of the same name among those given`);
      return readItem(nameOf(pred, preds), pred, target, settings);
    });
    if (!item || images.paths.length === 0) return item ?? [];
    // The losses do without an image: one that fails is reported, its item goes on.
    return (
      attempt(pred, () => {
        const image = partner(pred, preds, images);
        if (!image) throw new Error(`${pred}: no image of the same name among those given`);
        return withImage(item, image);
      }) ?? item
    );
  });
}

function printTables(results: readonly Result[], items: readonly Item[]): void {
  for (const item of items) {
    const own = results.filter((result) => result.item === item.name);
    if (own.length === 0) continue;
    const rows = own.map((r) => [
      r.loss,
      r.value.toPrecision(6),
      r.gradientNorm.toExponential(3),
      r.milliseconds.toFixed(2),
    ]);
    console.log(
      `\n${item.name}: ${item.activation}, C = ${item.pred.shape[1]}, ${item.spatial.join(" x ")}\n${table(["loss", "value", "gradient norm", "ms"], rows)}`,
    );
  }
}

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

async function compare(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: spread(args, ["--pred", "--target", "--image", "--loss"]), options });
  if (!values.pred?.length || !values.target?.length) throw new Error(`compare needs --pred and --target\n\n${usage}`);
  const settings = readSettings(values.activation, values["ignore-index"]),
    seg = await load(),
    failures: Failure[] = [],
    results: Result[] = [],
    groups: Group[] = [];
  const asked = values.loss && readRequests(seg, values.loss, failures);
  const work = readItems(values, settings, failures).map((item) => ({
    item,
    requests: asked ?? fittingWithNote(item),
  }));
  for (const { item } of work) for (const note of item.notes) console.error(note);
  const bar = progress(work.reduce((n, { requests }) => n + requests.length, 0));
  for (const { item, requests } of work) {
    const found = compareItem(seg, requests, item, settings.ignoreIndex, values.report !== undefined, () =>
      bar.tick(item.name),
    );
    results.push(...found.results);
    failures.push(...found.failures);
    groups.push({ title: item.name, columns: [{ heading: item.name, item, results: found.results }] });
  }
  bar.stop();
  if (values.json)
    console.log(JSON.stringify({ results: results.map(({ grad, ...result }) => result), failures }, plain, 1));
  else
    printTables(
      results,
      work.map(({ item }) => item),
    );
  if (values.report) writeReport(values.report, groups, failures);
  for (const failure of failures) console.error(line(failure));
  return failures.length > 0 ? 1 : 0;
}

async function main([command, ...rest]: readonly string[]): Promise<number> {
  const help = command === undefined || [command, ...rest].some((arg) => ["--help", "-h", "help"].includes(arg));
  if (help) console.log(usage);
  else if (command === "list") return list(rest.includes("--json"), rest.includes("--metrics"));
  else if (command === "compare") return compare(rest);
  else if (command === "score") return score(rest, usage);
  else throw new Error(`there is no command ${command}\n\n${usage}`);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  },
);
