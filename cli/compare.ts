import { catalog, type Loss, type LossName, type PresetName, type SegLoss } from "segloss";
import { parseRequest, type Request } from "./arguments";
import type { Item } from "./items";

export interface Result {
  readonly item: string;
  readonly loss: string;
  readonly value: number;
  readonly gradientNorm: number;
  readonly milliseconds: number;
  /** dLoss/dpred, where a report wants it. */
  readonly grad?: Float32Array;
}

export interface Failure {
  readonly item?: string;
  readonly loss?: string;
  readonly message: string;
}

/** A loss, or a preset by its library's name and its own, with a dot between. */
export type Name = LossName | PresetName;
const isPreset = (name: Name): name is PresetName => name.includes(".");

/** The losses asked for; an error says all that is wrong with them. */
export function readRequests(seg: SegLoss, texts: readonly string[]): Request<Name>[] {
  const mistakes: string[] = [];
  const requests = texts.flatMap((text) => {
    try {
      const request = parseRequest<Name>("--loss", text);
      if (isPreset(request.name)) seg.preset(request.name, request.options as never);
      else seg.create(request.name, request.options as never);
      return [request];
    } catch (error) {
      mistakes.push((error as Error).message);
      return [];
    }
  });
  if (mistakes.length > 0) throw new Error(mistakes.join("\nerror: "));
  return requests;
}

const takes = (name: string, option: string) =>
  catalog.some((entry) => entry.name === name && Object.hasOwn(entry.options, option));

/** The loss with what the item and the command line say, where its own options do not. */
function makeLoss(seg: SegLoss, { name, options }: Request<Name>, item: Item): Loss {
  const spacing = item.spacing && takes(name, "spacing") ? { spacing: item.spacing } : {},
    tensors = {
      spatialDims: item.spatial.length,
      ...(item.ignoreIndex === undefined ? {} : { ignoreIndex: item.ignoreIndex }),
    };
  if (isPreset(name)) {
    const said = item.said === undefined ? {} : { activation: item.said };
    return seg.preset(name, options as never, { ...tensors, ...said } as never);
  }
  return seg.create(name, { activation: item.activation, ...tensors, ...spacing, ...options } as never);
}

function median(list: number[]): number {
  return list.sort((a, b) => a - b)[list.length >> 1];
}

/** Value, gradient norm and time of one loss on one item. */
function evaluate(loss: Loss, { name, pred, target, pixelWeights }: Item, keepGradient: boolean): Result {
  const weights = pixelWeights && { pixelWeights },
    out = new Float32Array(pred.data.length),
    times: number[] = [];
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    value = loss.valueAndGrad(pred, target, { out, ...weights }).value;
    times.push(performance.now() - start);
  }
  const gradientNorm = Math.sqrt(out.reduce((sum, g) => sum + g * g, 0));
  return {
    item: name,
    loss: loss.name,
    value,
    gradientNorm,
    milliseconds: median(times),
    grad: keepGradient ? out : undefined,
  };
}

/** All losses on one item; what fails is reported and the others go on. */
export function compareItem(
  seg: SegLoss,
  requests: readonly Request<Name>[],
  item: Item,
  keepGradient: boolean,
  tick: () => void,
): { results: Result[]; failures: Failure[] } {
  const results: Result[] = [],
    failures: Failure[] = [];
  for (const request of requests) {
    try {
      results.push(evaluate(makeLoss(seg, request, item), item, keepGradient));
    } catch (error) {
      failures.push({ item: item.name, loss: request.name, message: (error as Error).message });
    }
    tick();
  }
  return { results, failures };
}

/** Why a loss cannot take a kind of prediction at all, if so: "all losses" need not ask for the impossible. */
function hindrance(
  { needs, ...declared }: (typeof catalog)[number],
  { activation, pred, spatial, pixelWeights }: Item,
): string | undefined {
  const { unweighted }: { unweighted?: string } = declared,
    needed: Partial<Record<"categorical" | "several", boolean>> & {
      planar?: boolean | string;
      activation?: string;
    } = needs,
    classes = pred.shape[1];
  if (needed.categorical && (activation === "sigmoid" || classes === 1)) return "whose classes must compete";
  if (needed.activation && needed.activation !== activation) return `which takes logits of ${needed.activation} only`;
  if (needed.several && classes === 1) return "which takes several channels";
  if (pixelWeights && unweighted) return `which takes no weights of pixels (${unweighted})`;
  if (!needed.planar || spatial.length === 2) return undefined;
  return needed.planar === true
    ? "which is defined in the plane"
    : `which takes ${spatial.length} axes with ${needed.planar} only`;
}

/** The losses that can take it, and why the others cannot. */
export function fitting(item: Item): { readonly requests: Request<Name>[]; readonly without: string[] } {
  const reasons = catalog.map((loss) => ({ name: loss.name, reason: hindrance(loss, item) }));
  return {
    requests: reasons.filter(({ reason }) => !reason).map(({ name }) => ({ name, options: {} })),
    without: reasons.filter(({ reason }) => reason).map(({ name, reason }) => `${name}, ${reason}`),
  };
}
