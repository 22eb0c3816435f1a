/** What has a name, and what else the field calls it: messages and pages know those names, calls do not. */
export interface Named {
  readonly name: string;
  readonly also?: readonly string[] | undefined;
}

/** As names are compared: without case, what joins words, and a last "loss". */
const folded = (name: string) => name.toLowerCase().replace(/[^a-z0-9]|(?<=.)loss$/g, "");

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

/** "; did you mean NAME?" where something is called so, or nearly, or has it in its name; else "". */
export function suggestion(name: string, known: readonly (string | Named)[]): string {
  const asked = folded(name),
    all = known.map((each) => (typeof each === "string" ? { name: each } : each)),
    where = (fits: (other: string) => boolean) =>
      all.filter((each) => [each.name, ...(each.also ?? [])].some((other) => fits(folded(other))));
  let found = where((other) => other === asked);
  if (found.length === 0) {
    const [nearest] = all
      .map((each) => ({ each, distance: edits(asked, folded(each.name)) }))
      .sort((a, b) => a.distance - b.distance);
    if (nearest?.distance <= Math.max(2, asked.length / 3)) found = [nearest.each];
    else if (asked.length > 2) found = where((other) => other.includes(asked));
  }
  return found.length > 0 ? `; did you mean ${[...new Set(found.map((each) => each.name))].join(" or ")}?` : "";
}
