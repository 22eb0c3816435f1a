import { SegLossError } from "../errors.js";
import { called, type Named, near, type OtherDoor, suggestion } from "./suggestion.js";

/** What came, in a message, of a length that can be read. */
export function brief(value: unknown): string {
  let text: string | undefined;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  try {
    text = typeof value === "number" ? undefined : JSON.stringify(value); // of NaN it makes null
  } catch {} // what holds itself
  text ??= String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A name that is known elsewhere, and why not here. */
export type Reason = Named & { readonly why: string };

/** What others have options for, and no loss or metric. */
const needless: readonly Reason[] = [
  { name: "numClasses", why: "; the classes are pred's channels" },
  { name: "axis", also: ["dim"], why: "; layout says where the classes stand" },
  { name: "toOneHotY", why: "; labels are taken as they are" },
];

/** What a door knows of names that are no options of it. */
export interface Strangers {
  readonly reasons?: readonly Reason[];
  /** Made where a name is unknown alone: every loss that is made would pay for it. */
  readonly elsewhere?: () => readonly OtherDoor[];
}

function whyUnknown(name: string, known: readonly Named[], { reasons = [], elsewhere }: Strangers): string {
  const others = called(name, known).length > 0 ? [] : [...reasons, ...(near(name, known) ? [] : needless)],
    [found] = called(name, others);
  return found?.why ?? suggestion(name, known, { elsewhere: elsewhere?.() ?? [] });
}

/** What is wrong with an option that is none. */
export const unknownOption = (what: string, name: string, known: readonly Named[], strangers: Strangers = {}) =>
  new SegLossError(
    "INVALID_OPTION",
    `${what}: unknown option ${JSON.stringify(name)}${whyUnknown(name, known, strangers)} ` +
      `(options: ${known.map((each) => each.name).join(", ")})`,
  );

/** Refuses options that are none; `reasons` say of names that are known elsewhere why not here. */
export function checkNames(
  what: string,
  options: unknown,
  names: readonly string[],
  reasons: readonly Reason[] = [],
): void {
  if (options === null || typeof options !== "object")
    throw new SegLossError("INVALID_OPTION", `${what}: options must be an object, got ${brief(options)}`);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known = names.map((name) => ({ name }));
  throw unknownOption(what, unknown, known, { reasons });
}
