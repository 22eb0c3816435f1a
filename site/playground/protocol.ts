/** What page and worker say to each other. Answers carry the number of their question; late ones are dropped. */
import type { Given } from "./given.js";
import type { Picture, Rows } from "./picture.js";

export type LossOptionsGiven = Readonly<Record<string, unknown>>;

export interface Wanted {
  readonly name: string;
  readonly options: LossOptionsGiven;
}

export interface LossResult {
  readonly name: string;
  readonly value: number;
  /** Gradient of the shown class's channel: whole, or the strongest of each 2x2 pixels. */
  readonly map: Float32Array<ArrayBuffer>;
  readonly mapWidth: number;
  readonly mapHeight: number;
  readonly largest: number;
  readonly ms: number;
  /** What the package says where it refuses. */
  readonly error?: string;
}

export interface MetricResult {
  readonly name: string;
  readonly value: number;
  readonly perClass: readonly number[];
  readonly labels: readonly number[];
  readonly error?: string;
}

/** Masks of both sides, of the shown class. */
export interface Both {
  readonly pred: Uint8Array;
  readonly target: Uint8Array;
}
/** x and y of two pixels that a distance lies between. */
export interface Pair {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}
/** What metrics look at: borders, or bands and pairs by the metric's name. */
export interface Surfaces {
  readonly borders: Both;
  readonly bands: Readonly<Record<string, Both>>;
  readonly pairs: Readonly<Record<string, Pair>>;
}

export interface CurvePoint {
  readonly object: string;
  readonly error: string;
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** A preset of another library, or a loss of ours, by what its row is called. */
export interface AskedRow {
  readonly name: string;
  readonly preset?: string;
  readonly loss?: string;
  readonly options: LossOptionsGiven;
}
export interface PresetRow {
  readonly name: string;
  readonly value: number;
  readonly error?: string;
}

export interface LaneStep {
  readonly name: string;
  readonly step: number;
  readonly value: number;
  readonly norm: number;
  readonly dice: number;
  readonly distance: number;
  readonly logits?: Float32Array;
  readonly stopped?: string;
}

export interface SpeedRow {
  readonly name: string;
  readonly ms: number;
  readonly plain?: number;
}

/** Tasks: what each is asked, and the parts it answers. */
export interface Tasks {
  evaluate: {
    ask: {
      picture: Picture;
      losses: readonly Wanted[];
      channel: number;
      /** Whose gradient is shown large. */
      whole: readonly string[];
      /** Whose value is enough. */
      hidden: readonly string[];
      /** Maps of earlier answers, which the page gives back. */
      spare: readonly Float32Array<ArrayBuffer>[];
      /** In ms between parts; that of a frame where none is given. */
      every?: number;
    };
    part: { losses: readonly LossResult[] };
  };
  /** As `evaluate`, for nobody: see `gradients.ts`. */
  warm: { ask: Tasks["evaluate"]["ask"]; part: never };
  measure: {
    ask: {
      picture: Picture;
      options: LossOptionsGiven;
      spacing: readonly number[] | null;
      channel: number;
      /** In ms between parts. */
      every: number;
    };
    part: { metrics: readonly MetricResult[]; surfaces?: Surfaces };
  };
  curves: { ask: Record<string, never>; part: { points: readonly CurvePoint[] } };
  presets: {
    ask: { picture: Picture; given: Given; ignoreIndex?: number; rows: readonly AskedRow[] };
    part: { rows: readonly PresetRow[] };
  };
  descend: {
    ask: {
      picture: Picture;
      losses: readonly Wanted[];
      rate: number;
      steps: number;
      restart: boolean;
      metrics: LossOptionsGiven;
      spacing?: readonly [number, number];
    };
    part: { steps: readonly LaneStep[] };
  };
  speed: { ask: { losses: readonly Wanted[]; side: number; classes: number }; part: { row: SpeedRow } };
}
export type Task = keyof Tasks;

/** What is asked, as it is sent: of a picture only what changed. */
export type Sent<A> = A extends { picture: Picture } ? Omit<A, "picture"> & { picture: Rows } : A;
export interface Question<T extends Task = Task> {
  readonly id: number;
  readonly task: T;
  readonly ask: Sent<Tasks[T]["ask"]> | null;
}
export interface Answer<T extends Task = Task> {
  readonly id: number;
  readonly task: T;
  readonly part?: Tasks[T]["part"];
  readonly done?: boolean;
  readonly error?: string;
}
