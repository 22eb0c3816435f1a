import { binCount } from "./evidence";
import type { Scored } from "./scoring";

/** Volumes of one class, sample by sample. */
export interface Volumes {
  readonly label: string;
  readonly pred: number[];
  readonly target: number[];
}

/** What a report shows of all samples beside their scores, added up as they come. */
export class Tally {
  /** Pixels by "truth prediction". */
  readonly #confusion = new Map<string, number>();
  readonly #labels = new Set<number>();
  readonly #volumes = new Map<string, Volumes>();
  readonly #bins = { count: new Float64Array(binCount), p: new Float64Array(binCount), t: new Float64Array(binCount) };
  /** Whether all volumes are in units of space. */
  sized = true;

  add({ evidence, counts }: Scored): void {
    for (const { confusion, bins } of evidence) {
      if (confusion) this.#count(confusion);
      if (bins)
        for (const part of ["count", "p", "t"] as const)
          for (const [k, n] of bins[part].entries()) this.#bins[part][k] += n;
    }
    for (const [i, perClass] of counts.entries()) {
      const { volume = 1, sized = false } = evidence[i] ?? {};
      this.sized &&= sized;
      for (const [label, { pred, target }] of Object.entries(perClass ?? {})) {
        const all = this.#volumes.get(label) ?? { label, pred: [], target: [] };
        all.pred.push(pred * volume);
        all.target.push(target * volume);
        this.#volumes.set(label, all);
      }
    }
  }

  #count({ labels, counts }: NonNullable<Scored["evidence"][number]["confusion"]>): void {
    for (const [i, truth] of labels.entries()) {
      this.#labels.add(truth);
      for (const [j, pred] of labels.entries()) {
        const key = `${truth} ${pred}`;
        this.#confusion.set(key, (this.#confusion.get(key) ?? 0) + counts[i * labels.length + j]);
      }
    }
  }

  get volumes(): Volumes[] {
    return [...this.#volumes.values()].filter(({ label }) => Number(label) > 0);
  }

  /** Pixels by label of the truth, then of the prediction. */
  confusion(): { readonly labels: readonly number[]; readonly counts: readonly (readonly number[])[] } | undefined {
    const labels = [...this.#labels].sort((a, b) => a - b);
    if (labels.length === 0) return undefined;
    return { labels, counts: labels.map((t) => labels.map((p) => this.#confusion.get(`${t} ${p}`) ?? 0)) };
  }

  /** Mean probability and share that is right of each bin that holds pixels. */
  reliability(): { readonly p: number; readonly right: number; readonly pixels: number }[] {
    const { count, p, t } = this.#bins;
    return Array.from(count, (pixels, k) => ({ p: p[k] / pixels, right: t[k] / pixels, pixels })).filter(
      ({ pixels }) => pixels > 0,
    );
  }
}
