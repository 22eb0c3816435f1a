import { names, type ObjectName, objects } from "./curves.js";
import { type Edit, readEdits, writeEdits } from "./edits.js";
import { type Given, givings } from "./given.js";
import { controlled, lossOf, readOption, writeOption } from "./losses.js";
import { type SceneName, scenes } from "./scenes.js";
import { type Tick, ticks } from "./situations.js";

export const tabs = {
  paint: "Paint",
  figure: "Figure 3",
  descend: "Descend",
  names: "Same name",
  choose: "Choose",
  speed: "Speed",
} as const;
export type TabName = keyof typeof tabs;
export const layers = {
  prediction: "prediction",
  truth: "truth",
  difference: "difference",
  image: "image",
} as const;
export type LayerName = keyof typeof layers;
export const valuesShown = { normalised: "normalised", raw: "raw" } as const;
export type ValuesName = keyof typeof valuesShown;
/** Of descent, that can be chosen. */
export const rates: readonly number[] = [0.1, 0.2, 0.5, 1, 2, 5];

/** Everything that a link restores. */
export interface View {
  readonly tab: TabName;
  readonly scene: SceneName;
  readonly edits: readonly Edit[];
  readonly pins: readonly string[];
  readonly layer: LayerName;
  readonly scale: "own" | "shared";
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Of the figure: the lines that were chosen, null until then; one that is shown alone; values; the object. */
  readonly lines: readonly string[] | null;
  readonly only: string | null;
  readonly values: ValuesName;
  readonly object: ObjectName;
  /** Of descent, whose start is the scene and its edits: a loss for each lane. */
  readonly lanes: readonly string[];
  readonly rate: number;
  /** What the visitor has, who chooses a loss. */
  readonly has: readonly Tick[];
  /** How the pixels are given to other libraries. */
  readonly given: Given;
}

/** Of the link, not of the package: old links are read for ever. */
const VERSION = "1";
export const usualScene: SceneName = "nucleiLate";
const usual: View = {
  tab: "paint",
  scene: usualScene,
  edits: [],
  pins: ["crossEntropy", "dice"],
  layer: "prediction",
  scale: "own",
  options: {},
  lines: null,
  only: null,
  values: "normalised",
  object: "large",
  lanes: ["crossEntropy", "dice", "boundary", "focal"],
  rate: 0.5,
  has: ["small", "boundaries"],
  given: "labels",
};
const known = <K extends string>(names: Readonly<Record<K, unknown>>, name: string | null, otherwise: K): K =>
  name !== null && Object.hasOwn(names, name) ? (name as K) : otherwise;

const isLoss = (name: string) => lossOf(name) !== undefined;
/** Those names of a list that are known, each once; without a list otherwise. */
const listed = <T extends string, O>(text: string | null, isKnown: (name: string) => boolean, otherwise: O) =>
  text === null ? otherwise : ([...new Set(text.split(","))].filter(isKnown) as T[]);

/** Letters that addresses may hold as they are: such a link can be read. */
const encode = (text: string) => encodeURIComponent(text).replace(/%(2C|7E|5B|5D|3A)/g, decodeURIComponent);

/** What a link asks for that its view does not have: it opens as at first, and the page says so. */
export function leftOutOf(hash: string, view: View): string | null {
  const { pins, lines, lanes, has, rate, ...others } = view,
    read: Readonly<Record<string, unknown>> = {
      ...others,
      v: VERSION,
      pin: pins.join(),
      lines: lines?.join(),
      lanes: lanes.join(),
      has: has.join(),
      rate: String(rate),
      edits: undefined,
      options: undefined,
    };
  const isRead = ([name, text]: [string, string]) => {
    if (name === "edits") return text === "" || view.edits.length === text.split("~").length;
    const [loss, option] = name.split(".");
    return option === undefined ? read[name] === text : Object.hasOwn(view.options[loss] ?? {}, option);
  };
  const left = [...new URLSearchParams(hash.replace(/^#/, ""))].filter((part) => !isRead(part)),
    named = left.slice(0, 4).map(([name, text]) => `${name}=${text}`.slice(0, 32));
  if (left.length === 0) return null;
  const more = left.length > named.length ? `, and ${left.length - named.length} more` : "";
  return `The link asks for what this page does not have: ${named.join(", ")}${more}. The rest of it is shown.`;
}

export function writeLink(view: View): string {
  const parts: [string, string][] = [["v", VERSION]];
  if (view.tab !== usual.tab) parts.push(["tab", view.tab]);
  parts.push(["scene", view.scene]);
  if (view.pins.join() !== usual.pins.join()) parts.push(["pin", view.pins.join()]);
  if (view.layer !== usual.layer) parts.push(["layer", view.layer]);
  if (view.scale !== usual.scale) parts.push(["scale", view.scale]);
  if (view.lines !== null) parts.push(["lines", view.lines.join()]);
  if (view.only !== null) parts.push(["only", view.only]);
  for (const name of ["values", "object", "rate", "given"] as const)
    if (view[name] !== usual[name]) parts.push([name, String(view[name])]);
  for (const name of ["lanes", "has"] as const)
    if (view[name].join() !== usual[name].join()) parts.push([name, view[name].join()]);
  for (const [loss, options] of Object.entries(view.options))
    for (const [option, value] of Object.entries(options)) parts.push([`${loss}.${option}`, writeOption(value)]);
  if (view.edits.length > 0) parts.push(["edits", writeEdits(view.edits)]);
  return `#${parts.map(([name, value]) => `${name}=${encode(value)}`).join("&")}`;
}

export function readLink(hash: string): View {
  const parts = new URLSearchParams(hash.replace(/^#/, "")),
    options: Record<string, Record<string, unknown>> = {};
  for (const [name, text] of parts) {
    const [loss, option] = name.split("."),
      found = lossOf(loss) && controlled(lossOf(loss) as never).find(([each]) => each === option);
    if (!found) continue;
    const value = readOption(found[1], text);
    if (value !== undefined) {
      options[loss] ??= {};
      options[loss][option] = value;
    }
  }
  const lanes = listed<string, readonly string[]>(parts.get("lanes"), isLoss, usual.lanes),
    only = parts.get("only"),
    rate = Number(parts.get("rate"));
  return {
    tab: known(tabs, parts.get("tab"), usual.tab),
    scene: known(scenes, parts.get("scene"), usual.scene),
    edits: readEdits(parts.get("edits") ?? ""),
    pins: listed(parts.get("pin"), isLoss, usual.pins),
    layer: known(layers, parts.get("layer"), usual.layer),
    scale: parts.get("scale") === "shared" ? "shared" : "own",
    options,
    lines: listed(parts.get("lines"), (name) => names.includes(name), null),
    only: only !== null && names.includes(only) ? only : null,
    values: known(valuesShown, parts.get("values"), usual.values),
    object: known(objects, parts.get("object"), usual.object),
    // As many as ever: losses that an old page does not know are replaced.
    lanes: [...new Set([...lanes, ...usual.lanes])].slice(0, usual.lanes.length),
    rate: rates.includes(rate) ? rate : usual.rate,
    has: listed(parts.get("has"), (name) => Object.hasOwn(ticks, name), usual.has),
    given: known(givings, parts.get("given"), usual.given),
  };
}
