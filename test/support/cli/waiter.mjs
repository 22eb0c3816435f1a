// Lets a test wait for an answer of another process: this thread hears it, while the test's sleeps until then.
import { fork } from "node:child_process";
import { parentPort, workerData } from "node:worker_threads";

const { port, flag } = workerData;
const answer = (message) => {
  port.postMessage(message);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
};
const child = fork(new URL("served.mjs", import.meta.url), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
child.on("message", answer);
child.on("exit", (status) => answer({ status, stdout: "", stderr: "the process of the command line ended" }));
parentPort.on("message", (request) => child.send(request));
