import { whole } from "./arguments";
import type { CaseOptions } from "./cases";
import { formatOf } from "./outputFormat";
import { readQueueUrl } from "./redis";
import type { Resampling } from "./statistics";

export interface ScoreOptions extends CaseOptions {
  readonly metric?: string[];
  readonly includeBackground?: boolean;
  readonly strict?: boolean;
  readonly jobs?: string;
  readonly resume?: string;
  readonly bootstrap?: string;
  readonly seed?: string;
  readonly report?: string;
  readonly worst?: string;
  readonly shard?: string;
  readonly state?: string;
  readonly queue?: string;
  readonly shardSize?: string;
}

/** Which of how many parts: I/N, from 1 on. */
export function readShard(text = "1/1"): { readonly part: number; readonly of: number } {
  const [part, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (part >= 1 && part <= of) return { part, of };
  throw new Error(`--shard takes I/N, such as 1/4 to 4/4, got ${text}`);
}

/** What is said of all cases cannot be said of a part. */
function refuseParts(options: ScoreOptions): void {
  if (options.shard === undefined && options.state === undefined) return;
  for (const option of ["against", "report", "bootstrap"] as const)
    if (options[option] !== undefined)
      throw new Error(`--${option} is of all cases: it cannot be given with --shard or --state`);
}

/** What is of threads and files of this machine, or of a queue. */
function refuseQueue(options: ScoreOptions): void {
  if (options.queue === undefined) {
    if (options.shardSize !== undefined) throw new Error("--shard-size is of --queue; give both");
    return;
  }
  readQueueUrl(options.queue);
  shardSizeOf(options);
  for (const option of ["shard", "resume", "jobs"] as const)
    if (options[option] !== undefined)
      throw new Error(
        `give one of --queue and --${option}: ${
          option === "jobs"
            ? "threads are those of segloss worker --jobs"
            : "a queue divides the cases itself and keeps what is done until the run ends"
        }`,
      );
}

export const shardSizeOf = ({ shardSize = "16" }: ScoreOptions) => whole("--shard-size", shardSize, 1);

/** How often cases are drawn: as asked for, and where a report or a comparison needs intervals. */
export function resamplingOf({ bootstrap, seed }: ScoreOptions, needed: boolean): Resampling | undefined {
  if (bootstrap === undefined && !needed) {
    if (seed !== undefined) throw new Error("--seed is of --bootstrap, --against and --report; give one of them");
    return undefined;
  }
  return {
    resamples: bootstrap === undefined ? 2000 : whole("--bootstrap", bootstrap, 100),
    seed: seed === undefined ? 0 : whole("--seed", seed, 0),
  };
}

/** Options that say nothing, or two things at once, are refused before any file is read. */
export function checkOptions(options: ScoreOptions): void {
  formatOf(options);
  for (const name of ["worst", "image"] as const)
    if (options[name] !== undefined && !options.report) throw new Error(`--${name} is of --report; give both`);
  refuseParts(options);
  refuseQueue(options);
  readShard(options.shard);
  worstOf(options);
}

export const worstOf = ({ worst = "12" }: ScoreOptions) => whole("--worst", worst, 0);
