import { type Metric, type MetricName, metricCatalog, type SegLoss } from "segloss";
import { parseRequest, type Request, suggestion } from "./arguments";
import type { Call } from "./objects";
import { type Asked, declarationOf, ofIds } from "./scoring";

const names = metricCatalog.map(({ name }) => name);
/** Those that need no option. */
const free = metricCatalog.filter(({ options }) => !Object.values(options).some((option) => "required" in option));

/** Options of a metric that the command line has for all of them. */
const forAll: Record<string, string> = {
  activation: "--activation",
  ignoreIndex: "--ignore-index",
  layout: "--axes",
  numClasses: "--classes",
};

/** Throws what is wrong with a metric's options, before any file is read: some number of axes must do. */
function checkOptions(seg: SegLoss, { name, options }: Request<MetricName>): void {
  const { scoresOnly } = declarationOf(name) as Metric,
    errors = [2, 3].flatMap((axes) => {
      const ones = Array(axes).fill(1),
        pixel = { data: new Uint8Array(1), shape: [1, ...ones] },
        scores = { data: new Float32Array(2), shape: [1, 2, ...ones] },
        classes = ofIds(options) ? {} : { numClasses: 2 };
      try {
        (seg.metrics[name] as Call)(scoresOnly ? scores : pixel, pixel, { ...classes, ...options });
        return [];
      } catch (error) {
        return [error];
      }
    });
  if (errors.length === 2) throw errors[0];
}

/** The metrics asked for; an error says all that is wrong with them. */
export function readMetrics(seg: SegLoss, texts: readonly string[] | undefined): Asked[] {
  const mistakes: string[] = [];
  const asked = (texts ?? free.map(({ name }) => name)).flatMap((text) => {
    try {
      const request = parseRequest<MetricName>("--metric", text);
      if (!names.includes(request.name)) {
        const hint = suggestion(request.name, names);
        throw new Error(`there is no metric ${JSON.stringify(request.name)}${hint} (metrics: ${names.join(", ")})`);
      }
      const elsewhere = Object.keys(request.options).find((option) => forAll[option]);
      if (elsewhere) throw new Error(`--metric ${text}: ${elsewhere} holds for all files; give ${forAll[elsewhere]}`);
      checkOptions(seg, request);
      return [{ ...request, label: text, unnamed: texts === undefined }];
    } catch (error) {
      mistakes.push((error as Error).message);
      return [];
    }
  });
  if (mistakes.length > 0) throw new Error(mistakes.join("\nerror: "));
  return asked;
}
