// A module worker, or a service worker, that answers a message with the digest.

import { digest } from "./digest.mjs";
import * as segloss from "./node_modules/segloss/dist/index.js";

const network = new URL("./node_modules/segloss/dist/inverse-form.bin", location.origin);

addEventListener("message", (event) => {
  const client = event.source ?? globalThis,
    answer = digest(segloss, network).then(
      (instance) => client.postMessage({ instance }),
      (error) => client.postMessage({ error: `${error}\n${error.stack}` }),
    );
  event.waitUntil?.(answer);
});
