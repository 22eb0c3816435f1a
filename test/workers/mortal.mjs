// A pool's worker that ends itself when a prediction starts with 666; of several that share a call, the first does.
import { parentPort } from "node:worker_threads";
import "../../dist/worker.js";

parentPort.on("message", ({ type, task }) => {
  if (type === "call" && task.pred.data[0] === 666 && !task.share?.index) process.exit(7);
});
