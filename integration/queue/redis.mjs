import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Debian's redis-server on a free port, which keeps every command in a folder of its own. */
export async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), "segloss-redis-")),
    port = await freePort(),
    keeping = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"];
  let server;
  const start = async () => {
    server = spawn(
      "redis-server",
      ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", ...keeping].map(String),
    );
    let said = "";
    await new Promise((resolve, reject) => {
      server.on("error", () =>
        reject(new Error("redis-server is missing: apt-get install -y --no-install-recommends redis-server")),
      );
      server.on("exit", () => reject(new Error(`redis-server ended: ${said}`)));
      server.stdout.on("data", (text) => {
        said += text;
        if (/Ready to accept connections/.test(said)) resolve();
      });
    });
  };
  const kill = async () => {
    server.removeAllListeners("exit");
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    ...{ url: `redis://127.0.0.1:${port}`, port, start, kill },
    end: async () => {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}
