// Runs in Node, Deno and Bun: prints the digests.
import * as segloss from "segloss";
import * as files from "segloss/files";
import * as workers from "segloss/workers";
import { digest, filesDigest, poolDigest } from "./digest.mjs";

console.log(
  JSON.stringify({
    instance: await digest(segloss),
    pool: await poolDigest(workers, segloss),
    files: await filesDigest(files),
  }),
);
