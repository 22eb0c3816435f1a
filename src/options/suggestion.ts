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

/** "; did you mean NAME?" where something is called so, or nearly, or begins or ends with the other; else "". */
export function suggestion(name: string, known: readonly (string | Named)[]): string {
  const asked = folded(name),
    all = known.map((each) => (typeof each === "string" ? { name: each } : each)),
    within = (long: string, short: string) => short.length > 2 && (long.startsWith(short) || long.endsWith(short));
  let found: readonly Named[] = all.filter((each) =>
    [each.name, ...(each.also ?? [])].some((other) => folded(other) === asked),
  );
  if (found.length === 0) {
    const far = all.map((each) => edits(asked, folded(each.name))),
      least = Math.min(...far);
    if (least <= Math.max(2, asked.length / 3)) found = [all[far.indexOf(least)]];
    else found = all.filter((each) => within(folded(each.name), asked) || within(asked, folded(each.name)));
  }
  return found.length > 0 ? `; did you mean ${[...new Set(found.map((each) => each.name))].join(" or ")}?` : "";
}
