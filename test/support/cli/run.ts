import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in a process of its own, as a user runs it. */
export function runAlone(folder: string, words: readonly string[], env: Record<string, string> = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), "dist/cli.js"), ...words], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

/** A process that waits for commands: starting one for each would be most of the time of these tests. */
function server() {
  const flag = new Int32Array(new SharedArrayBuffer(4)),
    { port1, port2 } = new MessageChannel(),
    waiter = new Worker(new URL("waiter.mjs", import.meta.url), {
      workerData: { flag, port: port2 },
      transferList: [port2],
    });
  waiter.unref();
  port1.unref();
  return (folder: string, words: readonly string[]): Ran => {
    Atomics.store(flag, 0, 0);
    waiter.postMessage({ folder, words });
    if (Atomics.wait(flag, 0, 0, 60_000) === "timed-out") throw new Error(`no end of: segloss ${words.join(" ")}`);
    return receiveMessageOnPort(port1)?.message;
  };
}

let serve: ReturnType<typeof server> | undefined;

/** The command, with what it would print and its status, in a process that it shares with others. */
export function run(folder: string, words: readonly string[]): Ran {
  serve ??= server();
  return serve(folder, words);
}
