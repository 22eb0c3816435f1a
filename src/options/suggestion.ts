/** What has a name, and what else the field calls it: messages and pages know those names, calls do not. */
export interface Named {
  readonly name: string;
  readonly also?: readonly string[] | undefined;
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

/** What may be meant: what is called so, or nearly, or has the name in it, or the longest that it has in it. */
function meant(name: string, known: readonly Named[]): readonly Named[] {
  const asked = folded(name),
    tell = (test: (other: string) => boolean) => known.filter((each) => test(folded(each.name))),
    far = known.map((each) => distance(asked, folded(each.name))),
    // A letter may be wrong, up to three of many.
    least = Math.min(...far, asked.length - 1, Math.max(1, Math.min(3, (asked.length + 1) >> 2))),
    parts = tell((other) => has(asked, other));
  return (
    [
      called(name, known),
      known.filter((_, i) => far[i] <= least),
      tell((other) => other.length > asked.length && has(other, asked)),
      parts.filter((each) => !parts.some((other) => other !== each && has(folded(other.name), folded(each.name)))),
    ].find((found) => found.length > 0) ?? []
  );
}

/** "; did you mean NAME?" where something may be meant, or there are `others`; else "". */
export function suggestion(name: string, known: readonly (string | Named)[], others: readonly string[] = []): string {
  const named = known.map((each) => (typeof each === "string" ? { name: each } : each)),
    found = [...new Set(meant(name, named).map((each) => each.name)), ...others];
  return found.length > 0 ? `; did you mean ${found.join(" or ")}?` : "";
}
