import { type Edit, readEdits, writeEdits } from "./edits.js";
import { controlled, lossOf, readOption, writeOption } from "./losses.js";
import { type SceneName, scenes } from "./scenes.js";

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

/** Everything that a link restores. */
export interface View {
  readonly tab: TabName;
  readonly scene: SceneName;
  readonly edits: readonly Edit[];
  readonly pins: readonly string[];
  readonly layer: LayerName;
  readonly scale: "own" | "shared";
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
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
};
const known = <K extends string>(names: Readonly<Record<K, unknown>>, name: string | null, otherwise: K): K =>
  name !== null && Object.hasOwn(names, name) ? (name as K) : otherwise;

/** Letters that addresses may hold as they are: such a link can be read. */
const encode = (text: string) => encodeURIComponent(text).replace(/%(2C|7E|5B|5D|3A)/g, decodeURIComponent);

export function writeLink(view: View): string {
  const parts: [string, string][] = [["v", VERSION]];
  if (view.tab !== usual.tab) parts.push(["tab", view.tab]);
  parts.push(["scene", view.scene]);
  if (view.pins.join() !== usual.pins.join()) parts.push(["pin", view.pins.join()]);
  if (view.layer !== usual.layer) parts.push(["layer", view.layer]);
  if (view.scale !== usual.scale) parts.push(["scale", view.scale]);
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
  const pins = parts.get("pin");
  return {
    tab: known(tabs, parts.get("tab"), usual.tab),
    scene: known(scenes, parts.get("scene"), usual.scene),
    edits: readEdits(parts.get("edits") ?? ""),
    pins: pins === null ? usual.pins : pins.split(",").filter((name) => lossOf(name) !== undefined),
    layer: known(layers, parts.get("layer"), usual.layer),
    scale: parts.get("scale") === "shared" ? "shared" : "own",
    options,
  };
}
