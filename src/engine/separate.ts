import { copyOf, shareBytes } from "../tensors/sharedBytes.js";
import { isField, isNeighbourhood, isPixel, type Term } from "./plan.js";
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

/** Whether it leaves gradients where others still read. */
const ranksBeside = (term: Term, { terms }: Job) => isPixel(term) && term.top !== undefined && terms.length > 1;

/** A job whose weights the gradient does not overwrite. */
function withOwnWeights(job: Job, out: Float32Array): Job {
  const weights = job.pixelWeights?.();
  if (!weights || !shareBytes(weights, out)) return job;
  const copy = weights.slice();
  return { ...job, pixelWeights: () => copy };
}

/**
 * The same job with copies of maps, weights and pred, where the gradient takes the place of the former, or of pred
 * while terms still read it.
 */
export function separate(came: Job): Job {
  const out = came.out?.(),
    given = out ? withOwnWeights(came, out) : came;
  if (!out) return given;
  const pred = given.pred(),
    mapped = given.terms.some((term) => mapUnder(term, out)),
    job = mapped ? { ...given, terms: given.terms.map((term) => withOwnMap(term, out)) } : given,
    inPlace = out.buffer === pred.buffer && out.byteOffset === pred.byteOffset;
  if (!inPlace || !job.terms.some((term) => isField(term) || isNeighbourhood(term) || ranksBeside(term, job)))
    return job;
  const copy = copyOf(pred);
  given.share?.meet(); // before any share writes where others read
  return { ...job, pred: () => copy };
}
