import { SegLossError } from "../errors.js";
import { brief, type Strangers, unknownOption } from "./names.js";
import { called, suggestion } from "./suggestion.js";

/** What an option may be. `default: null` means that it is off unless given. */
export type Option = {
  readonly meaning: string;
  /** What else the field calls it; refusals of those names say so. */
  readonly also?: readonly string[];
  /** True where nothing can be done without it, although its default is null. */
  readonly required?: true;
  /** Values of another option under which alone this one acts. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
} & (
  | NumberOption
  | { readonly type: "boolean"; readonly default: boolean | null }
  | ChoiceOption
  | NumbersOption
  | LabelsOption
  | { readonly type: "matrix"; readonly default: null }
  | OptionsOption
  | { readonly type: "cases"; readonly default: null }
);

const cases = ["target", "pred", "both"] as const;
/** A number for each of some cases: of empty masks, what they score. */
type Cases = { readonly [K in (typeof cases)[number]]?: number | "diagonal" };

interface ChoiceOption {
  readonly type: "choice";
  readonly values: readonly string[];
  readonly default: string | null;
  /** What else the field calls a value, by the value; refusals of those words name it. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
  /** What to do where another word came that stands for none of the values, or may for several; by the word. */
  readonly instead?: Readonly<Record<string, string>>;
}

interface OptionsOption {
  readonly type: "options";
  readonly default: null;
  /** What it holds, in words. */
  readonly form?: string;
}

/** Names of labels: whole numbers, each once. */
interface LabelsOption {
  readonly type: "labels";
  readonly default: null;
  /** True where one label may stand for a list of one. */
  readonly single?: boolean;
}

interface NumbersOption {
  readonly type: "numbers";
  readonly default: readonly number[] | string | null;
  /** A word that may stand for a list. */
  readonly word?: string;
  readonly min: number;
  /** True where min itself is out of range. */
  readonly aboveMin?: boolean;
  /** They are below it. */
  readonly below?: number;
  readonly each: "class" | "axis" | "any";
  /** What it is a selection of, each once. */
  readonly among?: readonly number[];
  /** True where one number may stand for all. */
  readonly single?: boolean;
}

interface NumberOption {
  readonly type: "number";
  /** A number, nothing, or the name of the option whose value it takes. */
  readonly default: number | string | null;
  readonly min?: number;
  readonly max?: number;
  /** True where min (max) itself is out of range. */
  readonly aboveMin?: boolean;
  readonly belowMax?: boolean;
  readonly integer?: boolean;
  readonly odd?: boolean;
  /** True where NaN is taken, too. */
  readonly orNaN?: boolean;
  /** True where Infinity is taken, too. */
  readonly orInfinity?: boolean;
  /** True where null, that it is off, is taken though it is on unless given. */
  readonly orNull?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

type Value<O extends Option> = O extends { type: "number" }
  ? O extends { default: null } | { orNull: true }
    ? number | null
    : number
  : O extends { type: "boolean" }
    ? O["default"] extends null
      ? boolean | null
      : boolean
    : O extends { type: "choice"; values: readonly (infer V)[] }
      ? V | (O["default"] extends null ? null : never)
      : O extends { type: "numbers"; word: infer W }
        ? W | readonly number[]
        : O extends { type: "numbers" | "labels"; single: true }
          ? number | readonly number[] | null
          : O extends { type: "numbers" | "labels" }
            ? O["default"] extends null
              ? readonly number[] | null
              : readonly number[]
            : O extends { type: "cases" }
              ? Cases | null
              : O extends { type: "options" }
                ? Readonly<Record<string, unknown>> | null
                : readonly (readonly number[])[] | null;

/** Options with all defaults filled in; what is off is null. */
export type Values<O extends Options> = { readonly [K in keyof O]: Value<O[K]> };
/** Options as a user writes them. */
export type Given<O extends Options> = { readonly [K in keyof O]?: Value<O[K]> | undefined };

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !isList(value);
/** Not something that was made, such as a loss, whose copy would lack what it hides. */
const isPlain = (value: unknown) =>
  isObject(value) && !Object.getPrototypeOf(Object.getPrototypeOf(value) ?? Object.prototype);

/** What an option accepts, in words; the pages say it in the same. @public */
export function accepts(option: Option): string {
  switch (option.type) {
    case "number": {
      const { min, max, aboveMin, belowMax, integer, odd, orNaN, orInfinity } = option,
        more = orNaN ? " or NaN" : orInfinity ? " or Infinity" : "",
        noun = odd ? "an odd number" : integer ? "a whole number" : `a number${more}`;
      if (min !== undefined && max !== undefined)
        return `${noun} in ${aboveMin ? "(" : "["}${min}, ${max}${belowMax ? ")" : "]"}`;
      return min === undefined ? noun : `${noun} ${aboveMin ? "above" : "of at least"} ${min}`;
    }
    case "boolean":
      return "true or false";
    case "choice":
      return option.values.map((v) => JSON.stringify(v)).join(", ");
    case "numbers": {
      const { single, aboveMin, min, below, each, among, word } = option,
        others = `${single ? "a number or " : ""}${word ? `${JSON.stringify(word)} or ` : ""}`,
        end = below === undefined ? "" : ` and below ${below}`,
        per = each === "any" ? "" : `, one per ${each === "axis" ? "spatial axis" : "class"}`;
      if (among) return `a list out of ${among.join(", ")}, each once`;
      return `${others}a list of numbers ${aboveMin ? "above" : "of at least"} ${min}${end}${per}`;
    }
    case "labels":
      return `${option.single ? "a whole number or " : ""}a list of whole numbers, each once`;
    case "matrix":
      return "a square matrix of numbers of at least 0 with zeros on its diagonal";
    case "options":
      return option.form ?? "an object of options";
    case "cases":
      return 'an object with some of target, pred, both, each a number, NaN, Infinity or "diagonal"';
  }
}

const isSelection = (list: readonly unknown[], of: readonly unknown[]) =>
  list.length > 0 && new Set(list).size === list.length && list.every((one) => of.includes(one));

function fits(option: Option, value: unknown): boolean {
  switch (option.type) {
    case "number": {
      const { min = -Infinity, max = Infinity, aboveMin, belowMax, integer, odd, orNaN, orInfinity } = option;
      if ((orNaN && Number.isNaN(value)) || (orInfinity && value === Number.POSITIVE_INFINITY)) return true;
      const whole = (!integer || Number.isInteger(value)) && (!odd || Number(value) % 2 === 1);
      return (
        whole && isNumber(value) && (aboveMin ? value > min : value >= min) && (belowMax ? value < max : value <= max)
      );
    }
    case "boolean":
      return typeof value === "boolean";
    case "choice":
      return option.values.includes(value as string);
    case "numbers": {
      const { min, aboveMin, below = Number.POSITIVE_INFINITY } = option,
        inRange = (n: unknown) => isNumber(n) && (aboveMin ? n > min : n >= min) && n < below;
      if (option.word !== undefined && value === option.word) return true;
      if (option.among) return isList(value) && isSelection(Array.from(value), option.among);
      return isList(value)
        ? value.length > 0 && Array.from(value).every(inRange)
        : option.single === true && inRange(value);
    }
    case "labels": {
      const list = isList(value) ? Array.from(value) : option.single ? [value] : undefined;
      return list?.every((n) => Number.isSafeInteger(n)) === true && new Set(list).size === list.length;
    }
    case "matrix":
      return (
        isList(value) &&
        value.length > 0 &&
        value.every(
          (row, i) =>
            isList(row) &&
            row.length === value.length &&
            Array.from(row).every((n, j) => isNumber(n) && n >= 0 && (i !== j || n === 0)),
        )
      );
    case "options":
      return isPlain(value);
    case "cases":
      return (
        isObject(value) &&
        Object.entries(value).every(
          ([name, score]) =>
            (cases as readonly string[]).includes(name) &&
            (typeof score === "number" || score === "diagonal" || score === undefined),
        )
      );
  }
}

/**
 * Copies a value so that what the caller does to it later changes nothing; typed arrays become lists, which JSON can
 * hold.
 */
const copy = (value: unknown): unknown =>
  isList(value) ? Array.from(value, copy) : isObject(value) ? { ...value } : value;

/** An option that would be passed over must be at its default. */
function checkActs(
  loss: string,
  name: string,
  option: Option,
  values: Record<string, unknown>,
  other: string,
  those: readonly string[],
): void {
  if (those.includes(values[other] as string) || JSON.stringify(values[name]) === JSON.stringify(option.default))
    return;
  const wanted = those.map((value) => JSON.stringify(value)).join(" or ");
  throw new SegLossError(
    "INVALID_OPTION",
    `${loss}: option ${name} needs ${other} ${wanted}, got ${brief(values[other])}`,
  );
}

/** The cure of a word that is none of a choice. */
export function otherWord({ values, words = {}, instead = {} }: Omit<ChoiceOption, "type" | "default">, came: unknown) {
  const word = ["boolean", "number"].includes(typeof came) || came === null ? String(came) : came;
  if (typeof word !== "string") return "";
  const known = Object.entries(instead).map(([name, cure]) => ({ name, cure })),
    [found] = called(word, known);
  if (found) return `; ${found.cure}`;
  const named = values.map((name) => ({ name, also: words[name] }));
  return suggestion(word, named, { quoted: true });
}

/** Checks options and fills in defaults; `others`: names that were read already. */
export function readOptions<O extends Options>(
  loss: string,
  declared: O,
  given: unknown,
  { others = [], ...strangers }: Strangers & { readonly others?: readonly string[] } = {},
): Values<O> {
  if (given !== undefined && given !== null && (typeof given !== "object" || Array.isArray(given))) {
    throw new SegLossError(
      "INVALID_OPTION",
      `${loss}: options must be an object such as { reduction: "sum" }, got ${brief(given)}`,
    );
  }
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(declared).map(([name, option]) => [name, copy(option.default)]),
  );
  for (const [name, value] of entries) {
    const option = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!option) {
      const known = Object.entries(declared).map(([own, { also }]) => ({ name: own, also }));
      throw unknownOption(loss, name, [...known, ...others.map((other) => ({ name: other }))], strangers);
    }
    if (value === null && (option.default === null || (option.type === "number" && option.orNull))) {
      values[name] = null;
      continue;
    }
    if (!fits(option, value)) {
      const cure = option.type === "choice" ? otherWord(option, value) : "";
      throw new SegLossError(
        "INVALID_OPTION",
        `${loss}: option ${name} must be ${accepts(option)}, got ${brief(value)}${cure}`,
      );
    }
    values[name] = copy(value);
  }
  for (const [name, option] of Object.entries(declared)) {
    for (const [other, those] of Object.entries(option.when ?? {})) checkActs(loss, name, option, values, other, those);
    const other = values[name];
    if (option.type === "number" && typeof other === "string") values[name] = values[other];
  }
  return values as Values<O>;
}
