import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { whole } from "./arguments";
import { serveQueue } from "./queue";
import { readQueueUrl } from "./redis";
import { Shift } from "./shards";

interface Options {
  readonly queue: string;
  readonly jobs?: string;
  readonly stalled?: string;
}

/** Scores what `segloss score --queue` sends, until it is told to end: then the shard that it is at is finished. */
async function serve({ queue, jobs, stalled = "30" }: Options): Promise<void> {
  const url = readQueueUrl(queue),
    threads = jobs === undefined ? availableParallelism() : whole("--jobs", jobs, 1),
    lock = 1000 * whole("--stalled", stalled, 1),
    tell = (text: string) => console.error(text),
    shift = new Shift(threads, tell),
    close = await serveQueue(url, (text) => shift.answer(text), tell, lock);
  tell("waiting for shards; Ctrl-C ends after the one in work");
  await new Promise<void>((end) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end());
  });
  await close();
  await shift.end();
}

export function addWorker(program: Command): void {
  program
    .command("worker")
    .description("scores what score --queue sends: as many as one likes, on any machine that sees the same files")
    .requiredOption("--queue <url>", "redis://host:port[/database] (needs npm install bullmq ioredis)")
    .option("--jobs <n>", "threads that read and score (default: one per core)")
    .option("--stalled <seconds>", "a shard goes to another worker after so long without a sign of life (default: 30)")
    .addHelpText(
      "after",
      `
Example, on each machine:
  segloss worker --queue redis://10.0.0.5:6379
and on one of them:
  segloss score --pred predictions --target truth --metric dice --queue redis://10.0.0.5:6379`,
    )
    .action(serve);
}
