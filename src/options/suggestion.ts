/** What has a name, and what else the field calls it: messages and pages know those names, calls do not. */
export interface Named {
  readonly name: string;
  readonly also?: readonly string[] | undefined;
  /** What has to be said with the name to whom asked for it by another one: options that make it that. */
  readonly how?: Readonly<Record<string, string>> | undefined;
}

/** Names that have their place at another door, and how one is asked for there, to follow "did you mean". */
export interface OtherDoor {
  readonly known: readonly Named[];
  readonly says: (name: string, how: string) => string;
}

/** As names are compared: without case, what joins words, and a last "loss" or "metric". */
const folded = (name: string) => name.toLowerCase().replace(/[^a-z0-9]|(?<=.)(loss|metric)$/g, "");

/** Those that are called so. */
export function called<N extends Named>(name: string, known: readonly N[]): N[] {
  const asked = folded(name);
  return known.filter((each) => [each.name, ...(each.also ?? [])].some((other) => folded(other) === asked));
}

/** Edits that turn one word into another (Levenshtein). */
function edits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++)
      current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    previous = current;
  }
  return previous[b.length];
}

const letters = (name: string) => [...name].sort().join("");

/** How far a name is from one that it may misspell, by letters or their order. */
const distance = (a: string, b: string) => (letters(a) === letters(b) ? 1 : edits(a, b));

/** Whether a name begins or ends with another. */
const has = (long: string, short: string) => short.length > 2 && (long.startsWith(short) || long.endsWith(short));

/** Those that are spelled nearly so. */
function spelled(name: string, known: readonly Named[]): readonly Named[] {
  const asked = folded(name),
    far = known.map((each) => distance(asked, folded(each.name))),
    // A letter may be wrong, up to three of many.
    least = Math.min(...far, asked.length - 1, Math.max(1, Math.min(3, (asked.length + 1) >> 2)));
  return known.filter((_, i) => far[i] <= least);
}

/** Whether one is spelled nearly so. */
export const near = (name: string, known: readonly Named[]) => spelled(name, known).length > 0;

/** Those that have the name in them, or else the longest that it has in it. */
function overlapping(name: string, known: readonly Named[]): readonly Named[] {
  const asked = folded(name),
    tell = (test: (other: string) => boolean) => known.filter((each) => test(folded(each.name))),
    parts = tell((other) => has(asked, other)),
    wider = tell((other) => other.length > asked.length && has(other, asked));
  if (wider.length > 0) return wider;
  return parts.filter((each) => !parts.some((other) => other !== each && has(folded(other.name), folded(each.name))));
}

/** What is to be said with a name that was asked for by another one, if anything. */
function howOf(asked: string, { how = {} }: Named): string {
  const [found] = Object.keys(how).filter((other) => folded(other) === folded(asked));
  return found === undefined ? "" : ` ${how[found]}`;
}

interface Further {
  /** What else may be meant. */
  readonly others?: readonly string[];
  /** Doors at which the name has a place, where it has none here. */
  readonly elsewhere?: readonly OtherDoor[];
  /** True where a name that is called so here does not hide those of other doors. */
  readonly beside?: boolean;
  /** True where names are values, and stand in quotes. */
  readonly quoted?: boolean;
}

/** "; did you mean NAME?" where something may be meant, here or elsewhere; else "". */
export function suggestion(
  name: string,
  known: readonly (string | Named)[],
  { others = [], elsewhere = [], beside = false, quoted = false }: Further = {},
): string {
  const named = known.map((each) => (typeof each === "string" ? { name: each } : each)),
    own = called(name, named),
    places =
      own.length > 0 && !beside
        ? []
        : elsewhere.flatMap((door) => called(name, door.known).map((at) => door.says(at.name, howOf(name, at)))),
    nearest = own.length > 0 ? own : spelled(name, named),
    here = nearest.length > 0 || places.length > 0 ? nearest : overlapping(name, named),
    found = [
      ...new Set([
        ...here.map((each) => `${quoted ? `"${each.name}"` : each.name}${howOf(name, each)}`),
        ...places,
        ...others,
      ]),
    ];
  return found.length > 0 ? `; did you mean ${found.join(" or ")}?` : "";
}
