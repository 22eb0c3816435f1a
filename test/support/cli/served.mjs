// Runs the command line again and again in one process, with modules of the command's own made anew each time, so that
// nothing of one run is left for the next; the package below it, which keeps nothing, stays.
import { register } from "node:module";

const hooks = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  if (!/\\/cli[^/]*\\.js$/.test(found.url)) return found;
  const run = context.parentURL ? new URL(context.parentURL).search : "";
  return { ...found, url: found.url + run };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

const cli = new URL("../../../dist/cli.js", import.meta.url).href;
let runs = 0,
  told = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"]) {
  process[name].setMaxListeners(0);
  process[name].write = (text, encoding, done) => {
    told[name] += typeof text === "string" ? text : Buffer.from(text).toString();
    (typeof encoding === "function" ? encoding : done)?.();
    return true;
  };
}

process.on("message", async ({ folder, words }) => {
  process.chdir(folder);
  process.argv = [process.execPath, cli, ...words];
  process.exitCode = undefined;
  told = { stdout: "", stderr: "" };
  await import(`${cli}?${++runs}`);
  const status = process.exitCode ?? 0;
  process.exitCode = undefined;
  process.send({ status, ...told });
});
