import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { catalog, load } from "segloss";
import { compareItem, type Failure, fitting, parseRequest, type Result } from "./compare";
import { type Item, listFiles, pairUp, readItem } from "./items";
import { progress } from "./progress";
import { type Group, htmlReport } from "./report";
import { table } from "./table";

const usage = `segloss list [--json]
segloss compare --pred FILE... --target FILE... [--image FILE...]
    [--loss NAME or NAME:JSON]...   default: every loss that fits
    [--activation softmax|sigmoid|none] [--ignore-index N]
    [--report out.html] [--json]

FILE is a .png, .npy, .nii or .nii.gz file or a folder of them; several pair up by name.
A prediction holds logits [C, ...spatial] (a PNG: probabilities), a target labels [...spatial].`;

const activations = ["softmax", "sigmoid", "none"] as const;

function list(json: boolean): number {
  if (json) {
    console.log(
      JSON.stringify(
        catalog.map(({ plan, ...entry }) => entry),
        null,
        1,
      ),
    );
    return 0;
  }
  const rows = catalog.map(({ name, category, family, formula }) => [name, category, family, formula]);
  console.log(table(["loss", "level", "family", "formula"], rows, 4));
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

/** `--pred a b c` means the same as `--pred a --pred b --pred c`. */
function spread(args: readonly string[]): string[] {
  let last = "";
  return args.flatMap((arg) => {
    if (arg.startsWith("--")) {
      last = ["--pred", "--target", "--image", "--loss"].includes(arg) ? arg : "";
      return last ? [] : [arg];
    }
    return last ? [last, arg] : [arg];
  });
}

function readItems(values: { pred?: string[]; target?: string[]; image?: string[] }, activation: Item["activation"] | undefined, failures: Failure[]): Item[] {
  const preds = listFiles(values.pred ?? []),
    targets = pairUp(preds, listFiles(values.target ?? [])),
    images = pairUp(preds, listFiles(values.image ?? []));
  return targets.flatMap(({ pred, other }, i) => {
    try {
      if (!other) throw new Error(`${pred}: no target of the same name among those given`);
      return [readItem(pred, other, images[i].other, activation)];
    } catch (error) {
      failures.push({ item: pred, message: (error as Error).message });
      return [];
    }
  });
}

function printTables(results: readonly Result[], items: readonly Item[]): void {
  for (const item of items) {
    const own = results.filter((result) => result.item === item.name);
    const rows = own.map((r) => [r.loss, r.value.toPrecision(6), r.gradientNorm.toExponential(3), r.milliseconds.toFixed(2)]);
    console.log(
      `\n${item.name}: ${item.activation}, C = ${item.pred.shape[1]}, ${item.spatial.join(" x ")}\n${table(["loss", "value", "gradient norm", "ms"], rows)}`,
    );
  }
}

/** JSON knows no NaN and no infinity. */
const plain = (_: string, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);

async function compare(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: spread(args), options });
  if (!values.pred?.length || !values.target?.length) throw new Error(`compare needs --pred and --target\n\n${usage}`);
  const activation = values.activation as Item["activation"] | undefined;
  if (activation && !activations.includes(activation)) throw new Error(`--activation must be one of ${activations.join(", ")}, got ${activation}`);
  const ignore = values["ignore-index"],
    ignoreIndex = ignore === undefined ? undefined : Number(ignore);
  if (ignoreIndex !== undefined && !Number.isInteger(ignoreIndex)) throw new Error(`--ignore-index must be a whole number, got ${ignore}`);
  const asked = values.loss?.map(parseRequest),
    seg = await load(),
    failures: Failure[] = [],
    results: Result[] = [],
    groups: Group[] = [];
  const items = readItems(values, activation, failures),
    bar = progress(items.length * (asked?.length ?? catalog.length));
  for (const item of items) {
    for (const note of item.notes) console.error(note);
    const found = compareItem(seg, asked ?? fitting(item), item, ignoreIndex, values.report !== undefined, () => bar.tick(item.name));
    results.push(...found.results);
    failures.push(...found.failures);
    groups.push({ title: item.name, columns: [{ heading: item.name, item, results: found.results }] });
  }
  bar.stop();
  if (values.json) console.log(JSON.stringify({ results: results.map(({ grad, ...result }) => result), failures }, plain, 1));
  else printTables(results, items);
  if (values.report) {
    writeFileSync(values.report, htmlReport(groups, failures));
    console.error(`report: ${resolve(values.report)}`);
  }
  for (const { message } of failures) console.error(`error: ${message}`);
  return failures.length > 0 ? 1 : 0;
}

async function main([command, ...rest]: readonly string[]): Promise<number> {
  if (command === "list") return list(rest.includes("--json"));
  if (command === "compare" && !rest.includes("--help") && !rest.includes("-h")) return compare(rest);
  console.log(usage);
  return command === undefined || ["--help", "-h", "help", "compare"].includes(command) ? 0 : 1;
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
