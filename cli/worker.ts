import { parentPort, workerData } from "node:worker_threads";
import { load } from "segloss";
import type { Start, Task } from "./crew";
import { Kept } from "./kept";
import { lookAt, scoreCase } from "./scoring";

// A thread of `segloss score`: one task at a time.
const { common, room } = workerData as Start,
  kept = new Kept(room),
  loading = load();
parentPort?.on("message", async ({ each, contents, later }: Task) => {
  parentPort?.postMessage(
    contents
      ? await scoreCase(await loading, common, contents, each, kept)
      : await lookAt(common, each, later ? kept : undefined),
  );
});
