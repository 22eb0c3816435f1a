// Runs in a browser's page, also bundled: sends the digests back to the server of the page.
import * as segloss from "segloss";
import * as workers from "segloss/workers";
import { digest, poolDigest } from "./digest.mjs";
import { report } from "./report.mjs";

report(async () => ({ instance: await digest(segloss), pool: await poolDigest(workers, segloss) }));
