// Runs in workerd: answers with the digests.
import * as segloss from "segloss";
import { digest } from "./digest.mjs";
import network from "./inverse-form.bin";

export default {
  async fetch() {
    return Response.json({ instance: await digest(segloss, network) });
  },
};
