// Runs in Node, Deno and Bun: prints the digests.
import * as segloss from "segloss";
import * as workers from "segloss/workers";
import { digest, poolDigest } from "./digest.mjs";

console.log(JSON.stringify({ instance: await digest(segloss), pool: await poolDigest(workers, segloss) }));
