// The same through require.
const segloss = require("segloss");
const workers = require("segloss/workers");
const { digest, poolDigest } = require("./digest.mjs");

(async () =>
  console.log(JSON.stringify({ instance: await digest(segloss), pool: await poolDigest(workers, segloss) })))();
