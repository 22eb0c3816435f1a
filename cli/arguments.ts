/** A loss or metric as asked for: its name and the options that were given. */
export interface Request<N extends string = string> {
  readonly name: N;
  readonly options: Record<string, unknown>;
}

/** What the command line says of all items. */
export interface Settings {
  readonly activation?: Activation;
  readonly ignoreIndex?: number;
}

const activations = ["softmax", "sigmoid", "none"] as const;

/** What turns a prediction into probabilities. */
export type Activation = (typeof activations)[number];

/**
 * `--pred a b c` means the same as `--pred a --pred b --pred c` for the options of `lists`, and `--ignore-index -1` the
 * same as `--ignore-index=-1`.
 */
export function spread(args: readonly string[], lists: readonly string[]): string[] {
  let last = "";
  return args.flatMap((arg, i) => {
    if (arg === "--ignore-index" && /^-\d/.test(args[i + 1] ?? "")) return [];
    if (args[i - 1] === "--ignore-index" && /^-\d/.test(arg)) return [`--ignore-index=${arg}`];
    if (arg.startsWith("--")) {
      last = lists.includes(arg) ? arg : "";
      return last ? [] : [arg];
    }
    return last ? [last, arg] : [arg];
  });
}

/** NAME or NAME:{"option": value}. */
export function parseRequest<N extends string>(option: string, text: string): Request<N> {
  const colon = text.indexOf(":"),
    name = (colon < 0 ? text : text.slice(0, colon)) as N;
  if (colon < 0) return { name, options: {} };
  try {
    const options = JSON.parse(text.slice(colon + 1));
    if (typeof options === "object" && options !== null && !Array.isArray(options)) return { name, options };
  } catch {
    // reported below
  }
  throw new Error(
    `${option} ${text}: after the colon stands a JSON object of options, such as ${name}:{"includeBackground":false}`,
  );
}

export function readWhole(option: string, text: string | undefined, from = -Infinity): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text) || Number(text) < from)
    throw new Error(`${option} must be a whole number${from > -Infinity ? ` of at least ${from}` : ""}, got ${text}`);
  return Number(text);
}

export function readSettings(activation: string | undefined, ignore: string | undefined): Settings {
  if (activation !== undefined && !activations.includes(activation as "none"))
    throw new Error(`--activation must be one of ${activations.join(", ")}, got ${activation}`);
  return { activation: activation as Settings["activation"], ignoreIndex: readWhole("--ignore-index", ignore) };
}

/** JSON knows no NaN and no infinity. */
export const plain = (_: string, value: unknown) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
