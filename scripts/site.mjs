// Builds the static site of docs/ into build/site and serves it; with --build it only builds.
import { cpSync, existsSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { install, run } from "./npm.mjs";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

if (!existsSync("site/node_modules/vitepress")) install("site");
rmSync("site/pages", { recursive: true, force: true });
cpSync("docs", "site/pages", { recursive: true });
console.log(run(process.execPath, ["node_modules/vitepress/bin/vitepress.js", "build"], "site").trim());

if (!process.argv.includes("--build")) {
  const server = createServer(async ({ url }, answer) => {
    const { pathname } = new URL(url, "http://localhost"),
      path = normalize(decodeURIComponent(pathname)),
      file = join("build/site", path.endsWith("/") ? `${path}index.html` : path);
    try {
      const body = await readFile(file);
      answer.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      answer.writeHead(404, { "content-type": types[".html"] }).end(await readFile("build/site/404.html"));
    }
  });
  server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () =>
    console.log(`http://localhost:${server.address().port}/`),
  );
}
