import { parentPort, workerData } from "node:worker_threads";
import { load } from "segloss";
import type { Task } from "./crew";
import { type Common, lookAt, scoreCase } from "./scoring";

// A thread of `segloss score`: one task at a time.
const common = workerData as Common,
  loading = load();
parentPort?.on("message", async ({ each, contents }: Task) => {
  parentPort?.postMessage(
    contents ? await scoreCase(await loading, common, contents, each) : await lookAt(common, each),
  );
});
