/**
 * One call's memory. TypeScript stages a tile of pixels, calls steps on blocks of it, and reads the results:
 *
 *   `slope`          `classes` planes of float32, `pitch` bytes apart
 *   `pred`, `prob`, `grad`   such planes, `predPitch`, `probPitch` and `gradPitch` apart: the tile's own, or those of a
 *                    caller's tensor in this memory
 *   `target`         the same of soft targets, `targetPitch` apart, where `soft` says so or a step spreads labels over
 *                    the tile's own
 *   `labels`         one int32 a pixel: the class, or -1 for a pixel that does not count (ignored or padding)
 *   `rows`           rows of float32, a number for each unit of a block of a pixel loss (assembly/pixelwise/units.ts),
 *                    or for each pixel of one of an overlap loss (assembly/overlap/competing.ts); before, while
 *                    weights are looked at, a bit for each pixel (assembly/tile/checks.ts)
 *   `classTable`     float32: a pixel loss's factor per class (of entries: of yes, of no), an overlap loss's `SLOPES`
 *                    bytes per class, or a table of the member's own; the number before the first serves label -1
 *   `sums`           float64, `SUMS` bytes per class: what a gather adds up (assembly/overlap/overlap.ts)
 *   `options`        a member's own fields: float32 for pixel losses, float64 for overlap losses
 *   `units`, `unitWeights`, `pixelWeights`   planes of float32, where a call wants them
 *
 * Losses are called as loss(step, from, to), `Step` saying what they do; activations and other steps as step(from, to).
 * Both are pixels of the tile, multiples of 16, and no more than a row of numbers apart.
 */
@unmanaged
export class Frame {
  classes: i32;
  pitch: usize;
  predPitch: usize;
  probPitch: usize;
  gradPitch: usize;
  targetPitch: usize;
  pred: usize;
  prob: usize;
  slope: usize;
  grad: usize; // 0: the value alone
  target: usize;
  labels: usize;
  rows: usize;
  classTable: usize;
  sums: usize;
  options: usize;
  units: usize; // 0, or C planes (categorical: one) that take each unit's loss
  unitWeights: usize; // 0, or planes of factors for the units' losses
  unitWeightPitch: usize; // 0: the channels share one plane
  pixelWeights: usize; // 0, or the pixels' weights, where they stay beside unitWeights
  source: usize; // staged bytes on their way in
  firstLabel: i32; // the label that channel 0 stands for: 1 for a single foreground channel, else 0
  ignoreIndex: i32;
  hasIgnoreIndex: i32;
  soft: i32; // 1: target holds the caller's soft targets, 0: labels do
  plain: i32; // -1: prob holds the caller's probabilities (activation "none")
  uniform: i32; // 1: all classes' factors in classTable are the same, and no map of a loss leaves pixels out
  accumulate: i32; // 1: add to grad (or slope) instead of writing it
  targetScale: f32; // t' = targetScale t + targetOffset (label smoothing)
  targetOffset: f32;
  scale: f32; // factor of every gradient of a pixel loss

  /** In a debug build: a tile is laid out, and from and to are as a step is given them. */
  @inline check(from: i32, to: i32): void {
    if (!ASC_NO_ASSERT)
      assert(
        this.classes > 0 && ((from | to) & 15) == 0 && (<usize>(to - from)) << 2 <= ROW,
        "a tile must be laid out first",
      );
  }
}

/** Bytes of a row: a float32 for each pixel of the longest block, 1,024. */
export const ROW: usize = 4096;

export const frame = changetype<Frame>(memory.data(offsetof<Frame>(), 16));
