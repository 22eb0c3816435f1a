// Runs in a browser's page, also bundled: sends the digests back to the server of the page.
import * as segloss from "segloss";
import * as files from "segloss/files";
import * as workers from "segloss/workers";
import { digest, filesDigest, poolDigest } from "./digest.mjs";
import { report } from "./report.mjs";

report(async () => ({
  instance: await digest(segloss),
  pool: await poolDigest(workers, segloss),
  files: await filesDigest(files),
}));
