// Drives the playground from inside, in browsers that no driver of ours knows: each page of the list is opened in
// turn, read, painted on and read again; then its own link is opened. What was found goes to the server.
const complaints = JSON.parse(sessionStorage.getItem("complaints") ?? "[]");
const complain = (text) => {
  complaints.push(String(text));
  sessionStorage.setItem("complaints", JSON.stringify(complaints));
};
const { error } = console;
console.error = (...words) => {
  complain(words.join(" "));
  error(...words);
};
addEventListener("error", ({ message }) => complain(message));
addEventListener("unhandledrejection", ({ reason }) => complain(reason));
// Events of a script have no pointer that could be captured: it is as if they had.
const captured = new Set();
Element.prototype.setPointerCapture = captured.add.bind(captured);
Element.prototype.hasPointerCapture = captured.has.bind(captured);

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function settled() {
  while (!globalThis.playground?.settled) await later(50);
}
const report = (what) => fetch("/report", { method: "POST", body: JSON.stringify({ ...what, complaints }) });

function stroke(points) {
  const element = document.querySelector(".canvas"),
    box = element.getBoundingClientRect();
  points.forEach(([x, y], i) => {
    const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height, buttons: 1, bubbles: true };
    const type = i === 0 ? "pointerdown" : "pointermove";
    element.dispatchEvent(new PointerEvent(type, { ...at, isPrimary: true, pointerId: 1, button: 0 }));
  });
  captured.clear();
  for (const type of ["pointerup", "lostpointercapture"])
    element.dispatchEvent(new PointerEvent(type, { bubbles: true, isPrimary: true, pointerId: 1 }));
}

addEventListener("load", async () => {
  const { shown } = await import("/shown.js");
  await settled();
  if (sessionStorage.getItem("painted")) {
    await report({ again: shown() });
    return;
  }
  const before = shown();
  stroke([
    [0.2, 0.2],
    [0.3, 0.25],
    [0.4, 0.3],
  ]);
  await later(50);
  await settled();
  while (!location.hash.includes("edits")) await later(50);
  await report({ before, after: shown(), tiles: document.querySelectorAll("[data-loss] .value").length });
  sessionStorage.setItem("painted", "1");
  location.reload();
});
