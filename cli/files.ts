import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { isReadable, readableEndings, stem } from "./readers/registry";

/** Paths, and which of them share an id: a name without its endings, or what a pattern leaves of it. */
export interface Files {
  readonly paths: readonly string[];
  readonly byId: ReadonlyMap<string, readonly string[]>;
  readonly idOf: (path: string) => string | undefined;
}

/** Files as given; a folder stands for the readable files in it, without hidden ones. */
export function listFiles(given: readonly string[], idOf: Files["idOf"] = stem): Files {
  const paths = given.flatMap((path) => {
    if (isReadable(path) || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((name) => isReadable(name) && !name.startsWith("."))
      .sort();
    if (files.length === 0) throw new Error(`${path}: no ${readableEndings} files in this folder`);
    return files.map((name) => join(path, name));
  });
  const byId = new Map<string, string[]>();
  for (const path of paths) {
    const id = idOf(path);
    if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), path]);
  }
  return { paths, byId, idOf };
}

/** How ids are found on both sides: --pair "{id}_pred.png={id}_gt.png". */
export function readPattern(text: string | undefined): { pred: Files["idOf"]; target: Files["idOf"] } {
  if (text === undefined) return { pred: stem, target: stem };
  const sides = text.split("=");
  if (sides.length !== 2 || sides.some((side) => side.split("{id}").length !== 2))
    throw new Error(
      `--pair must be two patterns with {id} once in each, such as {id}_pred.png={id}_gt.png, got ${text}`,
    );
  const [pred, target] = sides.map((side) => {
    const [before, after] = side.split("{id}");
    return (path: string) => {
      const name = basename(path),
        long = name.length > before.length + after.length;
      return long && name.startsWith(before) && name.endsWith(after)
        ? name.slice(before.length, name.length - after.length)
        : undefined;
    };
  });
  return { pred, target };
}

/** A prediction's partner among others: the one of its id, or the only one where there is one of each. */
export function partner(pred: string, preds: Files, others: Files): string | undefined {
  if (preds.paths.length === 1 && others.paths.length === 1) return others.paths[0];
  const id = preds.idOf(pred),
    found = (id !== undefined && others.byId.get(id)) || [];
  if (found.length > 1) throw new Error(`${pred}: ${found.join(" and ")} both have its name; give one of them`);
  return found[0];
}

const shared = (a: string, b: string) => {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
};

/** A pattern that would pair a file with the one of the most similar name. */
function patternHint(pred: string, targets: Files): string {
  const name = basename(pred),
    names = targets.paths.map((path) => basename(path)),
    best = names.reduce((a, b) => (shared(name, b) > shared(name, a) ? b : a), names[0] ?? ""),
    // An id ends before the sign that sets it off from the rest.
    n = /^[\w.-]*?(?=[_.-]?$)/.exec(name.slice(0, shared(name, best)))?.[0].length ?? 0;
  const pattern = n > 0 ? `{id}${name.slice(n)}={id}${best.slice(n)}` : "{id}_pred.png={id}_gt.png";
  return `pair by a pattern: --pair '${pattern}'`;
}

/** A prediction's target; an error where there is none. */
export function targetOf(pred: string, preds: Files, targets: Files): string {
  const target = partner(pred, preds, targets);
  if (target === undefined)
    throw new Error(`${pred}: no target of the same name among those given; ${patternHint(pred, targets)}`);
  return target;
}

/** Ids, or paths where several predictions share an id. */
export function nameOf(pred: string, preds: Files): string {
  const id = preds.idOf(pred);
  return id === undefined || (preds.byId.get(id) ?? []).length > 1 ? pred : id;
}

/** Targets that no prediction has. */
export function missingPredictions(preds: Files, targets: Files): string[] {
  if (preds.paths.length === 1 && targets.paths.length === 1) return [];
  return targets.paths.filter((path) => {
    const id = targets.idOf(path);
    return id === undefined || !preds.byId.has(id);
  });
}
