import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".bin": "application/octet-stream",
};
/** With these a page may share memory with its workers. */
const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/**
 * A folder on a free port of this machine. Paths below /isolated are those of the root, on isolated pages; what pages
 * POST to /report/NAME is handed to whoever waits for it.
 */
export class PageServer {
  #reports = new Map();
  #server = createServer((request, response) => this.#answer(request, response));

  constructor(folder) {
    this.folder = folder;
  }

  async start() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.origin = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** What the page that reports under this name finds. */
  report(name, milliseconds = 120_000) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer from the page within ${milliseconds / 1000} s`)),
        milliseconds,
      );
      this.#reports.set(name, (body) => {
        clearTimeout(timer);
        resolve(body);
      });
    });
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, "http://localhost"),
      isolated = pathname.startsWith("/isolated/");
    if (request.method === "POST") {
      const chunks = await request.toArray();
      this.#reports.get(pathname.slice("/report/".length))?.(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(204).end();
      return;
    }
    try {
      const path = normalize(isolated ? pathname.slice("/isolated".length) : pathname),
        body = await readFile(join(this.folder, path));
      response.writeHead(200, {
        "content-type": types[extname(path)] ?? "text/plain",
        "cache-control": "no-store",
        ...(isolated ? isolation : {}),
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }
}
