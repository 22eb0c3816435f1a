// Builds the static site of docs/, and the playground in it, into build/site and serves it; with --build it only
// builds.
import { cpSync, existsSync, rmSync } from "node:fs";
import { install, run } from "./npm.mjs";

if (!existsSync("dist/index.js")) run(process.execPath, ["scripts/build.mjs"]);
if (!["vitepress", "preact"].every((name) => existsSync(`site/node_modules/${name}`))) install("site");
rmSync("site/pages", { recursive: true, force: true });
cpSync("docs", "site/pages", { recursive: true });
console.log(run(process.execPath, ["node_modules/vitepress/bin/vitepress.js", "build"], "site").trim());
run(process.execPath, ["site/playground/build.mjs"]);

if (!process.argv.includes("--build")) {
  const { serve } = await import("../site/server.mjs"),
    { address } = await serve("build/site", Number(process.env.PORT ?? 0));
  console.log(`The site is at ${address}, the playground at ${address}playground/`);
}
