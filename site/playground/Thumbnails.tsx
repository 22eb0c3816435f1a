import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { classColours } from "./colours.js";
import { drawPixels, outline, probability } from "./drawing.js";
import { blank } from "./edits.js";
import { type SceneName, scenes } from "./scenes.js";
import { openScene, problem, viewed } from "./state.js";

const SIDE = 46;
/** One after the other, when the page has nothing better to do. */
let queue: Promise<unknown> = Promise.resolve();
const idle = () =>
  new Promise<void>((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(() => resolve(), { timeout: 3000 });
    else setTimeout(resolve, 60);
  });

/** As an image: each canvas of the page is a layer that every frame of a stroke pays for. */
async function drawScene(name: SceneName): Promise<string> {
  await idle();
  const scene = await scenes[name].make(),
    { width, height, classes } = scene,
    now = blank(scene),
    sheet = document.createElement("canvas");
  sheet.width = sheet.height = 2 * SIDE;
  const context = sheet.getContext("2d") as CanvasRenderingContext2D;
  drawPixels(context, width, height, (out) => {
    for (let i = 0; i < width * height; i++) {
      for (let k = 0; k < 3; k++) {
        let mixed = classColours[0][k];
        for (let c = 1; c < classes; c++) mixed += probability(now, i, c) * (classColours[c][k] - classColours[0][k]);
        out[4 * i + k] = mixed;
      }
      out[4 * i + 3] = 255;
    }
  });
  outline(context, scene.target, width, height, [["rgb(255 255 255 / 0.9)", 1]]);
  return sheet.toDataURL();
}

function Thumbnail({ name }: { name: SceneName }) {
  const drawn = useSignal<string | undefined>(undefined),
    { title, teaches } = scenes[name];
  useEffect(() => {
    queue = queue
      .then(async () => {
        drawn.value = await drawScene(name);
      })
      .catch((error: Error) => {
        problem.value = `${title}: ${error.message}`;
      });
  }, []);
  return (
    <button
      type="button"
      aria-pressed={viewed.scene.value === name}
      aria-label={title}
      title={`${title}: ${teaches}`}
      onClick={() => openScene(name)}
    >
      <img src={drawn.value} alt="" width={SIDE} height={SIDE} />
    </button>
  );
}

/** Every scene as a picture, and what the chosen one teaches. */
export function Scenes() {
  const { title, teaches } = scenes[viewed.scene.value];
  return (
    <section>
      <h2>Scene</h2>
      <div class="thumbnails">
        {(Object.keys(scenes) as SceneName[])
          .filter((name) => name !== "own")
          .map((name) => (
            <Thumbnail key={name} name={name} />
          ))}
      </div>
      <p class="hint">
        <b>{title}</b>: {teaches}
      </p>
    </section>
  );
}
