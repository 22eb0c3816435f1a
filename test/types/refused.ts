// What must not compile, strict or not: what is an error at run time, too.
import { load } from "segloss";
import { imageFromLabels, labelsFromImage } from "segloss/masks";
import { createPool } from "segloss/workers";

const seg = await load(),
  pool = await createPool(),
  dice = seg.dice(),
  logits = { data: new Float32Array(8), shape: [1, 2, 2, 2] },
  labels = { data: Uint8Array.of(0, 1, 1, 0), shape: [1, 2, 2] };

// Plain lists.
// @ts-expect-error
dice.value({ data: [1, 2, 3, 4, 5, 6, 7, 8], shape: [1, 2, 2, 2] }, labels);
// @ts-expect-error
dice.value(logits, { data: [0, 1, 1, 0], shape: [1, 2, 2] });
// @ts-expect-error
dice.prepare({ data: [0, 1, 1, 0], dims: [1, 2, 2] });
// @ts-expect-error
seg.metrics.dice({ data: [0, 1, 1, 0], width: 2, height: 2, channels: 1 }, labels);
// @ts-expect-error
seg.softmax({ data: [1, 2], shape: [1, 2, 1, 1] });
// @ts-expect-error
imageFromLabels({ data: [0, 1], shape: [1, 1, 2] });
// @ts-expect-error
dice.value(logits.data, labels);

// Extra inputs that no loss has.
// @ts-expect-error
dice.value(logits, labels, { weight: new Float32Array(4) });
// @ts-expect-error
pool.dice().value(logits, labels, { weight: new Float32Array(4) });
// @ts-expect-error
dice.valueAndGrad(logits, labels, { out: [1, 2] });
// @ts-expect-error
dice.valueAndGrad(logits, labels, { pixelWeights: [1, 2, 3, 4] });
// @ts-expect-error
dice.valueAndGrad(logits, labels, { signal: new AbortController().signal });

// Options.
// @ts-expect-error
seg.dice({ smoth: 1 });
// @ts-expect-error
seg.dice({ activation: "tanh" });
// @ts-expect-error
seg.create("dicee");
// @ts-expect-error
seg.metrics.dice(logits, labels, { percentile: 95 });
// @ts-expect-error
labelsFromImage({ data: new Uint8ClampedArray(4), width: 1, height: 1 }, { pallete: "voc" });
// @ts-expect-error
imageFromLabels(labels, { palette: [true] });
// @ts-expect-error
imageFromLabels(labels, { palette: "vok" });
// @ts-expect-error
labelsFromImage({ data: new Uint8ClampedArray(4), width: 1, height: 1 }, { palette: "cityscape" });

// Options of the loss that another evaluates.
// @ts-expect-error
seg.componentWise({ loss: "focal", lossOptions: { smooth: 2 } });
// @ts-expect-error
seg.componentWise({ lossOptions: { gamma: 2 } });
// @ts-expect-error
seg.componentWise({ loss: "dice", lossOptions: { activation: "sigmoid" } });
// @ts-expect-error
pool.componentWise({ loss: "dice", lossOptions: { overlap: "L1" } });
// @ts-expect-error
seg.create("deepSupervision", { loss: "tversky", lossOptions: { alfa: 0.3 } });
// @ts-expect-error
seg.deepSupervision({ loss: "componentWise", lossOptions: { loss: "dice", lossOptions: { smoth: 1 } } });
// @ts-expect-error
seg.deepSupervision({ lossOptions: { reduction: "sum" } });
