import { parentPort, workerData } from "node:worker_threads";
import { load } from "segloss";
import type { Start, Task } from "./crew";
import { Kept } from "./kept";
import { lookAt, scoreCase } from "./scoring";

// A thread of `segloss score`: one task after the other.
const { common, room } = workerData as Start,
  kept = new Kept(room),
  loading = load();
let before: Promise<unknown> = Promise.resolve();

async function answer({ each, contents, later }: Task): Promise<void> {
  parentPort?.postMessage(
    contents
      ? await scoreCase(await loading, common, contents, each, kept)
      : await lookAt(common, each, later ? kept : undefined),
  );
}

parentPort?.on("message", (task: Task) => {
  before = before.then(() => answer(task));
});
