import { SegLossError } from "../errors.js";
import { called, type Named, suggestion } from "./suggestion.js";

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

/** What others have options for, and no loss or metric. */
const needless: readonly (Named & { readonly why: string })[] = [
  { name: "numClasses", why: "; the classes are pred's channels" },
  { name: "toOneHotY", why: "; labels are taken as they are" },
];

function whyUnknown(name: string, known: readonly Named[]): string {
  const [found] = called(name, known).length === 0 ? called(name, needless) : [];
  return found?.why ?? suggestion(name, known);
}

/** What is wrong with an option that is none. */
export const unknownOption = (what: string, name: string, known: readonly Named[], why = whyUnknown(name, known)) =>
  new SegLossError(
    "INVALID_OPTION",
    `${what}: unknown option ${JSON.stringify(name)}${why} (options: ${known.map((each) => each.name).join(", ")})`,
  );

/** Refuses options that are none; `whys` says of names that are known elsewhere why not here. */
export function checkNames(
  what: string,
  options: unknown,
  names: readonly string[],
  whys: Readonly<Record<string, string>> = {},
): void {
  if (options === null || typeof options !== "object")
    throw new SegLossError("INVALID_OPTION", `${what}: options must be an object, got ${brief(options)}`);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known = names.map((name) => ({ name }));
  throw unknownOption(what, unknown, known, Object.hasOwn(whys, unknown) ? whys[unknown] : undefined);
}
