import { isField, isNeighbourhood, type Term } from "./plan.js";
import type { Job } from "./tiles.js";

const overlap = (a: Float32Array, b: Float32Array): boolean =>
  a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;

/** A term whose map the gradient does not overwrite. */
function withOwnMap(term: Term, out: Float32Array): Term {
  if (!("unitWeights" in term) || !term.unitWeights || !overlap(term.unitWeights.data, out)) return term;
  return { ...term, unitWeights: { ...term.unitWeights, data: term.unitWeights.data.slice() } };
}

/**
 * The same job with copies of maps and of pred, where the gradient takes the place of the former, or of pred while
 * terms still read it.
 */
export function separate(given: Job): Job {
  const pred = given.pred(),
    out = given.out?.(),
    job = out ? { ...given, terms: given.terms.map((term) => withOwnMap(term, out)) } : given;
  const inPlace = out?.buffer === pred.buffer && out.byteOffset === pred.byteOffset;
  if (!inPlace || !job.terms.some((term) => isField(term) || isNeighbourhood(term))) return job;
  const copy = pred.slice();
  return { ...job, pred: () => copy };
}
