import type { Reading } from "./readers/volume.js";

export const activations = ["softmax", "sigmoid", "none"] as const;

/** What turns a prediction into probabilities. */
export type Activation = (typeof activations)[number];

/** The labels that each new label stands for; groups may share labels. */
export type LabelMap = ReadonlyMap<number, readonly number[]>;

/** What the command line says of all files. */
export interface Settings {
  readonly activation?: Activation;
  /** Labels of pixels that do not count; "none" where the target surely has no such label. */
  readonly ignore: readonly number[] | "none";
  readonly axes?: string;
  readonly threshold?: number;
  readonly classes?: number;
  /** Size of a pixel along each axis of space, D, H, W (z, y, x). */
  readonly spacing?: readonly number[];
  readonly ignoreGeometry?: boolean;
  readonly reading?: Reading;
  /** New names of labels. */
  readonly map?: LabelMap;
  /** Whether predictions hold scores, whatever they look like. */
  readonly scores?: boolean;
}

export const ignoredOf = ({ ignore }: Settings): readonly number[] => (ignore === "none" ? [] : ignore);
