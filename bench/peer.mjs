// Other libraries in processes of their own, asked in JSON, a line each.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export class Peer {
  #process;
  #lines;
  /** `always` is part of every question. */
  constructor(name, command, argv, { always = {}, ...options } = {}) {
    this.name = name;
    this.always = always;
    this.#process = spawn(command, argv, { stdio: ["pipe", "pipe", "inherit"], ...options });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }
  async ask(question) {
    this.#process.stdin.write(`${JSON.stringify({ ...question, ...this.always })}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} has ended`);
    return JSON.parse(value);
  }
  async end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.stdin.end();
    await once(this.#process, "exit");
  }
}

/** A Python that has a module: Debian's may where another one that comes first in the path has not. */
export function pythonWith(module) {
  const asked = `import sys, numpy, ${module}; print(sys.version.split()[0], numpy.__version__, ${module}.__version__)`;
  for (const path of ["python3", "/usr/bin/python3"]) {
    const { status, stdout } = spawnSync(path, ["-c", asked], { encoding: "utf8" });
    if (status !== 0) continue;
    const [python, numpy, version] = stdout.trim().split(" ");
    return { path, python, numpy, version };
  }
  console.log(`python3 has no ${module} (Debian: apt-get install python3-${module}): without it`);
  return undefined;
}
