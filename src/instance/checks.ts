import type { Declaration } from "../catalog/declaration.js";
import { SegLossError } from "../errors.js";
import { suggestion } from "../options/suggestion.js";
import { pixelWeights } from "../tensors/extras.js";
import { type Geometry, typeOf } from "../tensors/shape.js";
import { optionsElsewhere, othersInputs, poolsElsewhere, weightless } from "./doors.js";
import type { ReadPart } from "./groups.js";
import type { Extra, Inputs } from "./inputs.js";
import type { Part } from "./loss.js";
import { innerPart } from "./wrapping.js";

/** The extra input that all losses of sums over pixels take. */
export const WEIGHTS = "pixelWeights";

/** Weights or a tensor in place of the object that holds them by name are the likeliest slip. */
export function checkExtraObject(loss: string, extra: unknown): void {
  const list = Array.isArray(extra) || ArrayBuffer.isView(extra);
  if (extra !== null && typeof extra === "object" && !list && !("data" in extra)) return;
  const came = list ? typeOf(extra) : extra !== null && typeof extra === "object" ? "a tensor" : String(extra);
  throw new SegLossError(
    "INVALID_OPTION",
    `${loss}: extra inputs must be an object such as { out } or { pixelWeights }, got ${came}`,
  );
}

/** Of all that a part wraps, what takes an extra input: that is the whole call's, and would stay away unseen. */
function wrappedTaker(part: Part, name: string): Declaration | undefined {
  if (!part.declaration.wraps) return undefined;
  const inner = innerPart(part);
  return takes(inner.declaration, name) ? inner.declaration : wrappedTaker(inner, name);
}

const takes = ({ extras }: Declaration, name: string) => (extras as readonly string[]).includes(name);

/** Extra inputs are an object whose names the parts know, and nothing that a part wraps would miss. */
export function checkExtra(loss: string, parts: readonly Part[], extra: Extra): void {
  checkExtraObject(loss, extra);
  for (const name of Object.keys(extra)) {
    if (name === "out" || name === WEIGHTS) continue;
    for (const part of parts) {
      const taker = extra[name as keyof Extra] === undefined ? undefined : wrappedTaker(part, name);
      if (taker)
        throw new SegLossError(
          "UNSUPPORTED",
          `${part.declaration.name}: ${name} is not handed on to ${taker.name}; evaluate that of each scale with its ` +
            "own, and add up",
        );
    }
    if (parts.some(({ declaration }) => takes(declaration, name))) continue;
    throw unknownInput(loss, parts, name);
  }
}

function unknownInput(loss: string, parts: readonly Part[], name: string): SegLossError {
  const why = parts.map(({ declaration }) => declaration.unweighted).find((each) => each !== undefined),
    extras = [...new Set(parts.flatMap(({ declaration }) => declaration.extras))].map((own) => ({ name: own })),
    known = [{ name: "out" }, ...(why === undefined ? [pixelWeights] : []), ...extras],
    elsewhere = [...(why === undefined ? [] : [weightless(why)]), ...optionsElsewhere(loss, parts)],
    others = othersInputs(known.map((each) => each.name)),
    hint = suggestion(name, known, { elsewhere: [...elsewhere, others, poolsElsewhere], beside: true });
  return new SegLossError(
    "INVALID_OPTION",
    `${loss}: unknown extra input ${JSON.stringify(name)}${hint} ` +
      `(it takes: ${known.map((each) => each.name).join(", ")})`,
  );
}

export function checkPlane({ name, needs }: Declaration, spatial: readonly number[], what: string): void {
  if (needs.planar !== true || spatial.length === 2) return;
  throw new SegLossError(
    "UNSUPPORTED",
    `${name}: ${what} must be images, with 2 spatial dimensions, got ${spatial.length} (${spatial.join(" x ")})`,
  );
}

/** Lists that hold a number for each class or axis hold as many. */
export function checkLists(
  { declaration: { name }, lists }: Pick<ReadPart, "declaration" | "lists">,
  { classes, spatial }: Pick<Geometry, "classes" | "spatial">,
): void {
  for (const { option, each, length } of lists) {
    const expected = each === "axis" ? spatial.length : classes;
    if (length === expected) continue;
    throw new SegLossError(
      "INVALID_OPTION",
      `${name}: option ${option} must hold ${expected} numbers, one per ` +
        `${each === "axis" ? "spatial axis" : "class"}, got ${length}`,
    );
  }
}

export function check(
  { declaration, options, lists, hard, single }: ReadPart,
  { geometry, binary, soft, hard: isHard }: Inputs,
): void {
  const { name, needs } = declaration,
    { classes, spatial } = geometry;
  const unsupported = (message: string) => new SegLossError("UNSUPPORTED", `${name}: ${message}`);
  if (needs.categorical && binary)
    throw unsupported(
      `classes must compete (softmax, or "none" with C > 1), got activation "${options.activation}" with C = ` +
        `${classes}`,
    );
  if (needs.activation && options.activation !== needs.activation)
    throw unsupported(
      `needs the logits of activation "${needs.activation}", got activation ${JSON.stringify(options.activation)}`,
    );
  if (needs.several && classes < 2) throw unsupported("pred must have 2 channels at least, got C = 1");
  if (single && classes > 1)
    throw new SegLossError(
      "UNSUPPORTED",
      `${single}: pred must have one channel, got C = ${classes}: reshape pred and target to one, or take ` +
        `${name}, which has a loss of each`,
    );
  checkPlane(declaration, spatial, "pred");
  if ((needs.hard || hard) && soft && !isHard) {
    const data = soft(),
      at = data.findIndex((t) => t !== 0 && t !== 1),
      message = `target must be hard, labels or a Float32Array of 0 and 1; got ${data[at]} at index ${at}`;
    if (hard)
      throw new SegLossError(
        "UNSUPPORTED",
        `${hard}: ${message}: soft targets mean something else there; ${name} takes them`,
      );
    throw unsupported(message);
  }
  if (options.includeBackground === false && classes === 1)
    throw unsupported("includeBackground: false leaves nothing of C = 1: its one class is the foreground");
  checkLists({ declaration, lists }, geometry);
}
