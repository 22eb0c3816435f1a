import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { readAxes } from "../src/files/axes";
import { readMap } from "../src/files/regions";
import { activations, type Settings } from "../src/files/settings";
import { readPattern } from "./files";
import { addOutputOptions, type Format, type OutputOptions } from "./outputFormat";

/** A loss or metric as asked for: its name and the options that were given. */
export interface Request<N extends string = string> {
  readonly name: N;
  readonly options: Record<string, unknown>;
}

const written: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY };
/** JSON knows no NaN and no infinity: they are words. */
const infinite = (_: string, value: unknown) =>
  typeof value === "string" && Object.hasOwn(written, value) ? written[value] : value;

/** NAME or NAME:{"option": value}. */
export function parseRequest<N extends string>(option: string, text: string): Request<N> {
  const colon = text.indexOf(":"),
    name = (colon < 0 ? text : text.slice(0, colon)) as N;
  if (colon < 0) return { name, options: {} };
  try {
    const options = JSON.parse(text.slice(colon + 1), infinite);
    if (typeof options === "object" && options !== null && !Array.isArray(options)) return { name, options };
  } catch {
    // reported below
  }
  throw new Error(
    `${option} ${text}: after the colon stands a JSON object of options, such as ${name}:{"includeBackground":false}`,
  );
}

export function whole(option: string, text: string, from = Number.NEGATIVE_INFINITY): number {
  if (!/^-?\d+$/.test(text) || Number(text) < from)
    throw new Error(`${option} must be a whole number${from > -Infinity ? ` of at least ${from}` : ""}, got ${text}`);
  return Number(text);
}

function readSpacing(texts: readonly string[]): number[] {
  const numbers = texts.flatMap((text) => text.split(",")).map((text) => (text.trim() ? Number(text) : Number.NaN));
  if (numbers.some((n) => !(n > 0 && Number.isFinite(n))))
    throw new Error(`--spacing must be numbers above 0, one per axis (z, y, x), got ${texts.join(" ")}`);
  return numbers;
}

function readIgnored(texts: readonly string[]): Settings["ignore"] {
  const all = texts.flatMap((text) => text.split(","));
  return all.includes("none") && all.length === 1 ? "none" : all.map((text) => whole("--ignore-index", text));
}

/** Colours by label; a label given twice has several. */
function readPalette(texts: readonly string[]): Record<number, string[]> {
  const colours: Record<number, string[]> = {};
  for (const [place, text] of texts.flatMap((each) => each.split(",")).entries()) {
    const [, label = place, colour] = /^(?:(\d+)=)?(#(?:[0-9a-f]{3}){1,2})$/i.exec(text) ?? [];
    if (!colour) throw new Error(`--palette must be colours such as 0=#000000 1=#ff0000, got ${text}`);
    colours[Number(label)] = [...(colours[Number(label)] ?? []), colour];
  }
  return colours;
}

function readNumber(option: string, text: string): number {
  const number = text.trim() ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) throw new Error(`${option} must be a number, got ${text}`);
  return number;
}

/** What files hold and how they pair up: options of every command that reads them. */
export interface FileOptions extends OutputOptions {
  readonly pred?: string[];
  readonly target?: string[];
  readonly recursive?: boolean;
  readonly categories?: string[];
  readonly overlap?: "last";
  readonly minScore?: string;
  readonly panoptic?: string[];
  readonly pair?: string;
  readonly activation?: Settings["activation"];
  readonly ignoreIndex?: string[];
  readonly axes?: string;
  readonly threshold?: string;
  readonly palette?: string[];
  readonly map?: string[];
  readonly array?: string;
  readonly spacing?: string[];
  readonly classes?: string;
  readonly ignoreGeometry?: boolean;
}

export function addFileOptions(command: Command, formats?: readonly Format[]): Command {
  const inputs = command
    .option("--pred <file...>", "predictions: files, or folders of them")
    .option("--target <file...>", "their targets")
    .option("--recursive", "look into folders in folders; names are then paths from the given folder on")
    .option("--pair <patterns>", "how names pair up, such as '{id}_pred.png={id}_gt.png' (default: the same name)")
    .addOption(new Option("--activation <name>", "what turns predictions into probabilities").choices(activations))
    .option("--ignore-index <label...>", "labels of pixels that do not count; none: there are none")
    .option("--axes <letters>", "axes of arrays, of N samples, C channels, D, H, W: NHW, DHW, CHW, NCHW, HWC ...")
    .option("--threshold <number>", "one-channel numbers of at least this are foreground, others background")
    .option("--palette <label=#rrggbb...>", "the label of each colour of colour-coded PNGs")
    .option("--map <new=old,old...>", "labels under other names, such as 1=1,2,4 2=1,4; groups may overlap")
    .option("--categories <label=name,name...>", "categories of COCO files that count, and the label of each")
    .addOption(
      new Option("--overlap <which>", "what a pixel of several COCO annotations is of (default: an error)").choices([
        "last",
      ]),
    )
    .option("--min-score <number>", "COCO detections of at least this score count")
    .option(
      "--panoptic <json=folder...>",
      "the folder of a panoptic COCO file's PNGs (default: named like it, or its own)",
    )
    .option("--array <name>", "the array of .npz files that hold several")
    .option("--spacing <size...>", "size of a pixel along each axis in the order z, y, x (default: what the files say)")
    .option("--ignore-geometry", "compare voxel by voxel, whatever orientation, spacing and origin the files tell");
  return addOutputOptions(inputs, formats);
}

function readCategories(texts: readonly string[]): ReadonlyMap<number, readonly string[]> {
  const labels = new Map<number, readonly string[]>();
  for (const text of texts) {
    const [, label, names] = /^(\d+)=(.+)$/s.exec(text) ?? [];
    if (names === undefined || Number(label) === 0 || labels.has(Number(label)))
      throw new Error(
        `--categories must be labels above 0, each once, and the categories of each, such as 1=cat,dog 2=car; ` +
          `got ${text}`,
      );
    labels.set(Number(label), names.split(","));
  }
  return labels;
}

/** Where PNGs of panoptic COCO files lie, by the whole path of each file. */
export function readFolders(texts: readonly string[]): ReadonlyMap<string, string> {
  const folders = texts.map((text): [string, string] => {
    const [, json, folder] = /^(.+\.json)=(.+)$/is.exec(text) ?? [];
    if (folder === undefined)
      throw new Error(`--panoptic must be a JSON file and its folder, such as pred.json=pngs, got ${text}`);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new Error(`--panoptic ${text}: ${folder} is no folder`);
    return [resolve(json), resolve(folder)];
  });
  return new Map(folders);
}

export function readSettings(options: FileOptions): Settings {
  const { activation, ignoreIndex, axes, threshold, palette, map, array, spacing, classes, ignoreGeometry } = options,
    { categories, overlap, minScore, panoptic } = options;
  if (map && threshold !== undefined) throw new Error("give one of --map and --threshold");
  return {
    activation,
    ignore: ignoreIndex ? readIgnored(ignoreIndex) : [],
    axes: readAxes(axes),
    threshold: threshold === undefined ? undefined : readNumber("--threshold", threshold),
    classes: classes === undefined ? undefined : whole("--classes", classes, 1),
    spacing: spacing && readSpacing(spacing),
    ignoreGeometry,
    map: map && readMap(map),
    reading: {
      palette: palette && readPalette(palette),
      ...{ array, overlap },
      categories: categories && readCategories(categories),
      panoptic: panoptic && readFolders(panoptic),
      minScore: minScore === undefined ? undefined : readNumber("--min-score", minScore),
    },
  };
}

/** The files that an option names; an error where there is none. */
export function given(options: FileOptions, name: "pred" | "target"): readonly string[] {
  const files = options[name];
  if (!files) throw new Error(`required option '--${name} <file...>' not specified`);
  return files;
}

export const readPairing = (options: FileOptions) => readPattern(options.pair);

/** JSON knows no NaN and no infinity. */
export const plain = (_: string, value: unknown) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
