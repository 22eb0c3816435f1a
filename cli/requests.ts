import { metricCatalog, type SegLoss } from "segloss";
import { suggestion } from "../src/options/suggestion";
import { parseRequest, type Request } from "./arguments";
import { isKnown, isPreset, type Name, standIn } from "./metricPresets";
import type { Call } from "./objects";
import { type Asked, ofIds } from "./scoring";

const names: readonly Name[] = metricCatalog.map(({ name }) => name);
/** Those that need no option. */
const free = metricCatalog.filter(({ options }) => !Object.values(options).some((option) => "required" in option));

/** Options of a metric that the command line has for all of them. */
const forAll: Record<string, string> = {
  activation: "--activation",
  ignoreIndex: "--ignore-index",
  layout: "--axes",
  numClasses: "--classes",
};

/** Options that average over samples: of files, the summary does. */
const overSamples = ["averaging", "sampleWeights"];

/** Throws what is wrong with a metric's options, before any file is read: some number of axes and classes must do. */
function checkOptions(seg: SegLoss, request: Request<Name>): void {
  const { name, options } = request,
    lengths = Object.values(options).flatMap((value) => (Array.isArray(value) ? [value.length, value.length + 1] : [])),
    errors: unknown[] = [];
  for (const axes of [2, 3])
    for (const numClasses of new Set([2, ...lengths])) {
      const ones = Array(axes).fill(1),
        pixel = { data: new Uint8Array(1), shape: [1, ...ones] },
        scores = { data: new Float32Array(numClasses), shape: [1, numClasses, ...ones] };
      try {
        // An unknown name has no stand-in; the package says what is wrong with it.
        if (isPreset(name) && !isKnown(name)) seg.metrics.preset(name, pixel, pixel);
        const { scoresOnly } = standIn(request).metric,
          pred = scoresOnly ? scores : pixel,
          classes = scoresOnly || ofIds(request) ? {} : { numClasses };
        if (isPreset(name)) seg.metrics.preset(name, pred, pixel, options as never, classes);
        else (seg.metrics[name] as Call)(pred, pixel, { ...classes, ...options });
        return;
      } catch (error) {
        errors.push(error);
      }
    }
  throw errors[0];
}

/** The request that a text stands for. */
function readMetric(seg: SegLoss, text: string): Request<Name> {
  const request = parseRequest<Name>("--metric", text),
    { name, options } = request;
  // What is not reproduced, and names of other libraries that are wrong, the package knows.
  if (!names.includes(name) && !isPreset(name)) {
    const hint = suggestion(name, metricCatalog);
    throw new Error(`there is no metric ${JSON.stringify(name)}${hint} (metrics: ${names.join(", ")})`);
  }
  const elsewhere = Object.keys(options).find((option) => forAll[option]);
  if (elsewhere) throw new Error(`--metric ${text}: ${elsewhere} holds for all files; give ${forAll[elsewhere]}`);
  const average = Object.keys(options).find((option) => overSamples.includes(option));
  if (average)
    throw new Error(
      `--metric ${text}: ${average} is of samples in one tensor; of files, the value is the mean over a ` +
        `file's classes, ` +
        "and the summary has each class's mean and what is pooled",
    );
  checkOptions(seg, request);
  return request;
}

/** The metrics asked for; an error says all that is wrong with them. */
export function readMetrics(seg: SegLoss, texts: readonly string[] | undefined): Asked[] {
  const mistakes: string[] = [];
  const asked = (texts ?? free.map(({ name }) => name)).flatMap((text) => {
    try {
      return [{ ...readMetric(seg, text), label: text, unnamed: texts === undefined }];
    } catch (error) {
      mistakes.push((error as Error).message);
      return [];
    }
  });
  if (mistakes.length > 0) throw new Error(mistakes.join("\nerror: "));
  return asked;
}
