import { SegLossError } from "../errors.js";
import type { Strangers } from "../options/names.js";
import { type Options, readOptions, type Values } from "../options/options.js";
import { called, type OtherDoor, suggestion } from "../options/suggestion.js";
import type { Elsewhere } from "./declaration.js";

/** What presets of losses and of metrics have in common. */
interface Named<A extends Options> {
  readonly name: string;
  readonly arguments: A;
  readonly elsewhere?: Readonly<Record<string, Elsewhere>>;
}

/** Presets that are called so, in full or without the library: those of the library that is said, if it has one. */
export function presetsCalled(presets: readonly { readonly name: string }[], name: string): string[] {
  const [library, ...rest] = name.split("."),
    own = rest.length > 0 ? called(`${library}.${rest.at(-1)}`, presets) : [],
    all = presets.map((each) => ({ name: each.name, also: [each.name.slice(each.name.indexOf(".") + 1)] }));
  return (own.length > 0 ? own : called(rest.at(-1) ?? name, all)).map((each) => each.name);
}

/** A preset by its name. */
export function presetOf<P extends { readonly name: string }>(
  presets: readonly P[],
  name: unknown,
  what: string,
  elsewhere: readonly OtherDoor[] = [],
): P {
  const found = presets.find((each) => each.name === name);
  if (found) return found;
  const names = presets.map((each) => each.name),
    same = presetsCalled(presets, String(name)),
    hint = suggestion(String(name), same.length > 0 ? [] : names, { others: same, elsewhere });
  throw new SegLossError("INVALID_OPTION", `${what} ${JSON.stringify(name)}${hint} (presets: ${names.join(", ")})`);
}

/** A preset's arguments; those that no option stands for are refused where they would act. */
export function readArguments<A extends Options>(
  { name, arguments: declared, elsewhere = {} }: Named<A>,
  given: unknown,
  strangers: Strangers = {},
): Values<A> {
  if (given === null || typeof given !== "object") return readOptions(name, declared, given);
  const own = Object.entries(given).filter(([key, value]) => {
    if (!Object.hasOwn(elsewhere, key)) return true;
    const { takes, instead } = elsewhere[key];
    if (value !== undefined && !takes.includes(value))
      throw new SegLossError("INVALID_OPTION", `${name}: ${key} ${JSON.stringify(value) ?? String(value)}: ${instead}`);
    return false;
  });
  return readOptions(name, declared, Object.fromEntries(own), { others: Object.keys(elsewhere), ...strangers });
}
