// A process that trains what it is asked for, one after the other.
import { catalog, load } from "../../dist/index.js";
import { sets } from "./data.mjs";
import { trainings } from "./losses.mjs";
import { train } from "./train.mjs";

const seg = await load(),
  ways = trainings(catalog),
  images = {};

process.on("message", ({ loss, set, seed, setting }) => {
  images[set] ??= sets[set]();
  try {
    process.send(train(seg, ways.get(loss), images[set], seed, setting));
  } catch (error) {
    process.send({ failed: error.message, scores: {}, curve: [], gradient: {}, steps: 0, seconds: 0 });
  }
});
// Whoever asked is gone.
process.on("disconnect", () => process.exit());
process.send("ready");
