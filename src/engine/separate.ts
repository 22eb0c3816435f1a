import { copyOf } from "../tensors/sharedBytes.js";
import type { Job } from "./job.js";
import { isField, isNeighbourhood, isPixel, type Term } from "./plan.js";

/** Whether it leaves gradients where others still read. */
const ranksBeside = (term: Term, { terms }: Job) => isPixel(term) && term.top !== undefined && terms.length > 1;

/** The same job with a copy of pred, where the gradient takes its place while terms still read it. */
export function separate(job: Job): Job {
  const out = job.out?.(),
    pred = job.pred(),
    inPlace = out?.buffer === pred.buffer && out.byteOffset === pred.byteOffset;
  if (!inPlace || !job.terms.some((term) => isField(term) || isNeighbourhood(term) || ranksBeside(term, job)))
    return job;
  const copy = copyOf(pred);
  job.share?.meet(); // before any share writes where others read
  return { ...job, pred: () => copy };
}
