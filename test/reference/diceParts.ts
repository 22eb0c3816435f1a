import type { Planes } from "../support/reference";
import { type ClassAverageOptions, classAverage } from "./classAverage";

/** What the references of Dice beside a pixel loss share: options with the product as overlap, of soft targets too. */
export interface DiceOptions extends ClassAverageOptions {
  readonly overlap: "product";
  readonly smooth?: number;
  readonly diceWeight?: number;
}

/** Milletari 2016, with p and t instead of their squares: 1 - (2 I + s) / (P + T + s). */
export function diceOf(planes: Planes, o: DiceOptions): number {
  const s = o.smooth ?? 1e-5;
  return (o.diceWeight ?? 1) * classAverage(planes, o, ({ I, P, T }) => 1 - (2 * I + s) / (P + T + s));
}

/** What is evaluated of each pixel: its numbers by class. */
export interface Pixel {
  readonly b: number;
  readonly p: readonly number[];
  readonly t: readonly number[];
}

/** The pixels that count, in order. */
export const pixelsOf = ({ p, t, m }: Planes): Pixel[] =>
  m.flatMap((row, b) =>
    row.flatMap((counts, i) =>
      counts > 0 ? [{ b, p: p[b].map((plane) => plane[i]), t: t[b].map((plane) => plane[i]) }] : [],
    ),
  );
