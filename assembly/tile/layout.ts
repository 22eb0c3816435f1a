import { Frame } from "./frame";

/** Where TypeScript finds the fields of the frame: byte offsets, so that it does not repeat them. */
export const frame_classes: usize = offsetof<Frame>("classes");
export const frame_pitch: usize = offsetof<Frame>("pitch");
export const frame_pred: usize = offsetof<Frame>("pred");
export const frame_prob: usize = offsetof<Frame>("prob");
export const frame_slope: usize = offsetof<Frame>("slope");
export const frame_grad: usize = offsetof<Frame>("grad");
export const frame_target: usize = offsetof<Frame>("target");
export const frame_labels: usize = offsetof<Frame>("labels");
export const frame_rows: usize = offsetof<Frame>("rows");
export const frame_classTable: usize = offsetof<Frame>("classTable");
export const frame_sums: usize = offsetof<Frame>("sums");
export const frame_options: usize = offsetof<Frame>("options");
export const frame_units: usize = offsetof<Frame>("units");
export const frame_unitWeights: usize = offsetof<Frame>("unitWeights");
export const frame_unitWeightPitch: usize = offsetof<Frame>("unitWeightPitch");
export const frame_source: usize = offsetof<Frame>("source");
export const frame_firstLabel: usize = offsetof<Frame>("firstLabel");
export const frame_ignoreIndex: usize = offsetof<Frame>("ignoreIndex");
export const frame_hasIgnoreIndex: usize = offsetof<Frame>("hasIgnoreIndex");
export const frame_soft: usize = offsetof<Frame>("soft");
export const frame_plain: usize = offsetof<Frame>("plain");
export const frame_uniform: usize = offsetof<Frame>("uniform");
export const frame_accumulate: usize = offsetof<Frame>("accumulate");
export const frame_targetScale: usize = offsetof<Frame>("targetScale");
export const frame_targetOffset: usize = offsetof<Frame>("targetOffset");
export const frame_scale: usize = offsetof<Frame>("scale");
/** The first byte that belongs to nobody. */
export const heap: usize = __heap_base;
