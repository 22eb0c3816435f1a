import { render } from "preact";
import { App } from "./App.js";
import { descent, startDescent } from "./Descend.js";
import { answers, measured, settled, startEvaluation, surfaces, timing } from "./evaluation.js";
import { canvas, start } from "./state.js";

// For the console, and for tests: the pixels, and what the losses say of them.
Object.assign(globalThis, {
  playground: {
    get canvas() {
      return canvas.value;
    },
    get tiles() {
      return answers();
    },
    get timing() {
      return timing.value;
    },
    /** Whether all losses have answered for the pixels as they are. */
    get settled() {
      return settled();
    },
    /** What metrics look at. */
    get surfaces() {
      return surfaces.value;
    },
    /** Whether metrics have, too. */
    get measured() {
      return settled() && measured.value;
    },
    descend: startDescent,
    get descent() {
      return descent();
    },
  },
});
render(<App />, document.getElementById("app") as HTMLElement);
startEvaluation();
start();
