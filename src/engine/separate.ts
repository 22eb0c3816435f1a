import { copyOf, shareBytes } from "../tensors/sharedBytes.js";
import { isField, isNeighbourhood, type Term } from "./plan.js";
import type { Job } from "./tiles.js";

const mapUnder = (term: Term, out: Float32Array) => {
  const weights = "unitWeights" in term ? term.unitWeights : undefined;
  return weights && shareBytes(weights.data, out) ? weights : undefined;
};

/** A term whose map the gradient does not overwrite. */
function withOwnMap(term: Term, out: Float32Array): Term {
  const weights = mapUnder(term, out);
  return weights ? ({ ...term, unitWeights: { ...weights, data: weights.data.slice() } } as Term) : term;
}

/**
 * The same job with copies of maps and of pred, where the gradient takes the place of the former, or of pred while
 * terms still read it.
 */
export function separate(given: Job): Job {
  const out = given.out?.();
  if (!out) return given;
  const pred = given.pred(),
    mapped = given.terms.some((term) => mapUnder(term, out)),
    job = mapped ? { ...given, terms: given.terms.map((term) => withOwnMap(term, out)) } : given,
    inPlace = out.buffer === pred.buffer && out.byteOffset === pred.byteOffset;
  if (!inPlace || !job.terms.some((term) => isField(term) || isNeighbourhood(term))) return job;
  const copy = copyOf(pred);
  given.share?.meet(); // before any share writes where others read
  return { ...job, pred: () => copy };
}
