import { countObjects, type Overlaps } from "./objectOverlaps.js";

/** A predicted object and one of the target that may be matched. */
interface Candidate {
  readonly pred: number;
  readonly target: number;
  readonly iou: number;
}

/** What a pair more is worth, so that of equal sums the one of more pairs wins: far above rounding, below any score. */
const PAIR = 1e-11;

/** Edges of one side's objects, which are numbered 0, 1, … by the order in which they occur. */
function numberBy(side: "pred" | "target", candidates: readonly Candidate[]): { of: Int32Array; count: number } {
  const numbers = new Map<number, number>();
  const of = Int32Array.from(candidates, (candidate) => {
    const number = numbers.get(candidate[side]) ?? numbers.size;
    numbers.set(candidate[side], number);
    return number;
  });
  return { of, count: numbers.size };
}

/**
 * One-to-one pairs with the largest sum of IoU, exactly: each prediction in turn is given a target by the cheapest path
 * of exchanges (Jonker, Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment
 * problems", 1987), or stays alone. A path goes along candidates only, so that it never leaves the connected part of
 * the graph of overlaps that it begins in.
 */
class Assignment {
  readonly #rows: number[][];
  readonly #columns: Int32Array;
  readonly #costs: Float64Array;
  /** The candidate that each row and column has; -1 without. */
  readonly #ofRow: Int32Array;
  readonly #ofColumn: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #rowPrices: Float64Array;
  readonly #columnPrices: Float64Array;

  constructor(candidates: readonly Candidate[]) {
    const rows = numberBy("pred", candidates),
      columns = numberBy("target", candidates);
    this.#rows = Array.from({ length: rows.count }, () => []);
    for (const [edge, row] of rows.of.entries()) this.#rows[row].push(edge);
    this.#rowOf = rows.of;
    this.#columns = columns.of;
    this.#costs = Float64Array.from(candidates, ({ iou }) => 1 - iou);
    this.#ofRow = new Int32Array(rows.count).fill(-1);
    this.#ofColumn = new Int32Array(columns.count).fill(-1);
    this.#rowPrices = new Float64Array(rows.count);
    this.#columnPrices = new Float64Array(columns.count);
  }

  /** The candidates that are matched. */
  solve(): readonly number[] {
    for (let row = 0; row < this.#rows.length; row++) this.#place(row);
    return Array.from(this.#ofRow).filter((edge) => edge >= 0);
  }

  /** Dijkstra's search from a row: over the edge to a column, and on from the row that has it. */
  #place(start: number): void {
    const open = new Map<number, { readonly cost: number; readonly edge: number }>(),
      done: { readonly column: number; readonly cost: number; readonly edge: number }[] = [],
      closed = new Set<number>();
    let [row, base] = [start, 0],
      [alone, aloneCost] = [start, Number.POSITIVE_INFINITY];
    for (;;) {
      const cost = base + 1 + PAIR - this.#rowPrices[row];
      if (cost < aloneCost) [alone, aloneCost] = [row, cost];
      this.#look(row, base, open, closed);
      let [column, least] = [-1, aloneCost];
      for (const [each, { cost: reached }] of open) if (reached < least) [column, least] = [each, reached];
      const step = open.get(column);
      if (!step) break;
      open.delete(column);
      closed.add(column);
      done.push({ column, ...step });
      if (this.#ofColumn[column] < 0) {
        this.#price(start, done, least);
        this.#exchange(start, column, done);
        return;
      }
      row = this.#rowOf[this.#ofColumn[column]];
      base = least;
    }
    this.#price(start, done, aloneCost);
    if (alone === start) return;
    const freed = this.#columns[this.#ofRow[alone]];
    this.#ofRow[alone] = -1;
    this.#exchange(start, freed, done);
  }

  #look(
    row: number,
    base: number,
    open: Map<number, { readonly cost: number; readonly edge: number }>,
    closed: ReadonlySet<number>,
  ): void {
    for (const edge of this.#rows[row]) {
      const column = this.#columns[edge];
      if (closed.has(column)) continue;
      const cost = base + this.#costs[edge] - this.#rowPrices[row] - this.#columnPrices[column];
      if (cost < (open.get(column)?.cost ?? Number.POSITIVE_INFINITY)) open.set(column, { cost, edge });
    }
  }

  /** Keeps what every edge costs beyond its ends' prices at 0 or more, and at 0 where it is matched. */
  #price(start: number, done: readonly { readonly column: number; readonly cost: number }[], total: number): void {
    this.#rowPrices[start] += total;
    for (const { column, cost } of done) {
      this.#columnPrices[column] -= total - cost;
      const edge = this.#ofColumn[column];
      if (edge >= 0) this.#rowPrices[this.#rowOf[edge]] += total - cost;
    }
  }

  /** Each row on the path takes the column after it and leaves the one before. */
  #exchange(start: number, last: number, done: readonly { readonly column: number; readonly edge: number }[]): void {
    const via = new Map(done.map(({ column, edge }) => [column, edge]));
    for (let column = last; ; ) {
      const edge = via.get(column) as number,
        row = this.#rowOf[edge],
        left = this.#ofRow[row];
      this.#ofRow[row] = edge;
      this.#ofColumn[column] = edge;
      if (row === start) return;
      column = this.#columns[left];
    }
  }
}

/** What becomes of the objects of both sides. */
export interface Matching {
  /** Pairs, and predictions and targets without one. */
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly iouSum: number;
}

/** Matches objects whose IoU is above a threshold; from 0.5 on each has one such partner at most. */
export function matchObjects({ predSizes, targetSizes, pairs }: Overlaps, threshold: number): Matching {
  const candidates = pairs.flatMap(({ pred, target, pixels }): Candidate[] => {
    const iou = pixels / (predSizes[pred] + targetSizes[target] - pixels);
    return iou > threshold + 1e-9 ? [{ pred, target, iou }] : [];
  });
  const matched =
      threshold >= 0.5 ? candidates : new Assignment(candidates).solve().map((candidate) => candidates[candidate]),
    tp = matched.length;
  return {
    tp,
    fp: countObjects(predSizes) - tp,
    fn: countObjects(targetSizes) - tp,
    iouSum: matched.reduce((sum, { iou }) => sum + iou, 0),
  };
}
