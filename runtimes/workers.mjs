// Runs in a page: asks a module worker, or a service worker, for the digest.
import { report } from "./report.mjs";

const kind = new URLSearchParams(location.search).get("kind");

function askWorker() {
  const worker = new Worker("./worker.mjs", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || "the worker could not be loaded"));
    worker.postMessage("digest");
  });
}

async function askServiceWorker() {
  if (kind === "service") await navigator.serviceWorker.register("./worker.mjs", { type: "module" });
  else await navigator.serviceWorker.register("./service.js");
  const { active } = await navigator.serviceWorker.ready;
  return new Promise((resolve) => {
    navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
    active.postMessage("digest");
  });
}

report(kind ? askServiceWorker : askWorker);
