import { cpus } from "node:os";
import { run } from "../scripts/npm.mjs";

/** What results were measured with, as they keep it. */
export const measuredOn = () => ({
  commit: run("git", ["rev-parse", "--short", "HEAD"]).trim(),
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  cpu: cpus()[0]
    .model.replace(/\(R\)| Processor/g, "")
    .trim(),
  cores: cpus().length,
});
