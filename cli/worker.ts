import { parentPort } from "node:worker_threads";
import { load } from "segloss";
import type { Start, Task } from "./hand";
import { Kept } from "./kept";
import { lookAt, scoreCase } from "./scoring";

// A thread of `segloss score`: told what holds for all, then one task after the other.
const loading = load();
let before: Promise<unknown> = Promise.resolve(),
  answer: (task: Task) => Promise<unknown>;

function begin({ common, room }: Start): void {
  const kept = new Kept(room);
  answer = async ({ each, contents, later }) =>
    contents ? scoreCase(await loading, common, contents, each, kept) : lookAt(common, each, later ? kept : undefined);
}

parentPort?.on("message", (message: Start | Task) => {
  if ("common" in message) begin(message);
  else before = before.then(async () => parentPort?.postMessage(await answer(message)));
});
