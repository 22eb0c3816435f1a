// One process of train.mjs: gathers the sums of its windows, then gives their gradients of the whole batch.
import { load } from "segloss";
import { readWindows } from "./windows.mjs";

const seg = await load(),
  dice = seg.dice({ batch: true, includeBackground: false });
let shard;

process.on("message", ({ gather, merged }) => {
  if (gather) {
    shard = gather;
    // An empty shard would have no sums: give no more workers than windows.
    const { pred, target } = readWindows(shard.first, shard.end);
    process.send(dice.gather(pred, target, { first: shard.first }).toBytes());
    return;
  }
  // Window by window: one is in memory at a time.
  const grads = [];
  let value;
  for (let first = shard.first; first < shard.end; first++) {
    const { pred, target } = readWindows(first, first + 1),
      found = dice.valueAndGradFrom(merged, pred, target, { first });
    grads.push(found.grad);
    value = found.value;
  }
  process.send({ value, grads });
});
