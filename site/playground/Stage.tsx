import { useEffect, useRef } from "preact/hooks";
import { classColours } from "./colours.js";
import { best, drawPixels, outline, probability } from "./drawing.js";
import type { Canvas } from "./edits.js";
import { type LayerName, layers } from "./link.js";
import { short } from "./numbers.js";
import { VOID } from "./scenes.js";
import {
  brush,
  canvas,
  draw,
  endStroke,
  hovered,
  metrics,
  show,
  shownMetric,
  surfaces,
  tiles,
  version,
  view,
} from "./state.js";

const MISSED = [214, 90, 160],
  EXTRA = [80, 175, 235];

/** Of two classes the prediction is a table of one number: what every stroke draws must not wait for exponentials. */
const LEVELS = 256,
  MOST = 8;
const binary = Array.from({ length: LEVELS + 1 }, (_, i) => {
  const p = 1 / (1 + Math.exp(MOST - (2 * MOST * i) / LEVELS));
  return classColours[0].map((ground, k) => ground + p * (classColours[1][k] - ground));
});

function colour(now: Canvas, at: number, layer: LayerName): readonly number[] {
  const { scene, target, logits } = now,
    label = target[at];
  if (layer === "prediction" && scene.classes === 2) {
    const z = logits[scene.width * scene.height + at] - logits[at];
    return binary[Math.max(0, Math.min(LEVELS, Math.round(((z + MOST) * LEVELS) / (2 * MOST))))];
  }
  if (layer === "truth") return label === VOID ? [110, 110, 118] : classColours[label];
  if (layer === "image") {
    const grey = scene.image?.[at] ?? 40;
    return [grey, grey, grey];
  }
  const found = best(now, at);
  if (layer === "difference") {
    if (label === VOID) return [110, 110, 118];
    if (found === label) return label === 0 ? classColours[0] : [92, 96, 104];
    return label === 0 ? EXTRA : MISSED;
  }
  // Each class's colour, as strong as it is probable.
  const [r0, g0, b0] = classColours[0];
  let [r, g, b] = [r0, g0, b0];
  for (let c = 1; c < scene.classes; c++) {
    const p = probability(now, at, c),
      [cr, cg, cb] = classColours[c];
    r += p * (cr - r0);
    g += p * (cg - g0);
    b += p * (cb - b0);
  }
  return [r, g, b];
}

/** What a metric measures: both borders, and the pair of points that are farthest apart. */
function drawMetric(context: CanvasRenderingContext2D, now: Canvas): void {
  const found = surfaces.value,
    { width, height } = now.scene;
  if (!found || !shownMetric.value) return;
  const { width: full } = context.canvas,
    side = full / width;
  context.fillStyle = "rgb(0 0 0 / 0.55)";
  context.fillRect(0, 0, full, (full * height) / width);
  for (const [mask, fill] of [
    [found.target, "#ffffff"],
    [found.pred, "#f09228"],
  ] as const) {
    context.fillStyle = fill;
    for (let i = 0; i < mask.length; i++)
      if (mask[i]) context.fillRect((i % width) * side, Math.floor(i / width) * side, side, side);
  }
  if (found.pair && shownMetric.value.surfaces === "distances") {
    const [[ax, ay], [bx, by]] = [found.pair.from, found.pair.to].map(([x, y]) => [(x + 0.5) * side, (y + 0.5) * side]);
    context.strokeStyle = "#5aaaff";
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(ax, ay);
    context.lineTo(bx, by);
    context.stroke();
    for (const [x, y] of [
      [ax, ay],
      [bx, by],
    ]) {
      context.beginPath();
      context.arc(x, y, 7, 0, 7);
      context.stroke();
    }
  }
}

/** The picture in words, kept current for those who do not see it. */
function words(now: Canvas): string {
  const { target, scene } = now;
  let missed = 0,
    extra = 0;
  for (let at = 0; at < target.length; at++) {
    if (target[at] === VOID) continue;
    const label = best(now, at);
    if (label !== target[at]) target[at] > 0 ? missed++ : extra++;
  }
  const dice = metrics.value.find(({ name }) => name === "dice")?.perClass[1];
  const overlap = dice === undefined ? "" : `Dice ${short(dice)}, `;
  return (
    `${scene.width} by ${scene.height} pixels, ${scene.classes} classes. ` +
    `${overlap}${missed} pixels missed, ${extra} too many.`
  );
}

const fit = (element: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D => {
  const side = Math.round(element.clientWidth * Math.min(2, devicePixelRatio)) || 512;
  element.width = side;
  element.height = Math.round((side * height) / width);
  return element.getContext("2d") as CanvasRenderingContext2D;
};

function redraw(element: HTMLCanvasElement): void {
  const now = canvas.value;
  if (!now) return;
  const { width, height } = now.scene,
    context = fit(element, width, height);
  drawPixels(context, width, height, (out) => {
    for (let at = 0; at < width * height; at++) {
      const [r, g, b] = colour(now, at, view.value.layer);
      out[4 * at] = r;
      out[4 * at + 1] = g;
      out[4 * at + 2] = b;
      out[4 * at + 3] = 255;
    }
  });
  drawMetric(context, now);
  outline(context, now.target, width, height, [
    ["rgb(0 0 0 / 0.5)", 3],
    ["rgb(255 255 255 / 0.95)", 1.25],
  ]);
}

export function Stage() {
  const element = useRef<HTMLCanvasElement>(null),
    ring = useRef<HTMLDivElement>(null),
    now = canvas.value;
  void version.value;
  useEffect(() => {
    if (element.current) redraw(element.current);
  });
  useEffect(() => {
    const observer = new ResizeObserver(() => element.current && redraw(element.current));
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  const place = (event: PointerEvent): [number, number] => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect(),
      { width = 1, height = 1 } = now?.scene ?? {};
    const along = (at: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(at * size)));
    return [
      along((event.clientX - box.left) / box.width, width),
      along((event.clientY - box.top) / box.height, height),
    ];
  };
  const move = (event: PointerEvent) => {
    const [x, y] = place(event);
    hovered.value = { x, y };
    if (ring.current && now) {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect(),
        size = (brush.value.size * box.width) / now.scene.width;
      const corner = [event.clientX - box.left - size / 2, event.clientY - box.top - size / 2];
      Object.assign(ring.current.style, {
        left: `${corner[0]}px`,
        top: `${corner[1]}px`,
        width: `${size}px`,
        height: `${size}px`,
        display: "block",
      });
    }
    if (event.buttons & 1 && event.isPrimary) draw(x, y);
  };
  return (
    <div class="stage">
      <fieldset class="layers" aria-label="What the canvas shows">
        {Object.entries(layers).map(([name, title]) =>
          name === "image" && !now?.scene.image ? null : (
            <button
              type="button"
              key={name}
              aria-pressed={view.value.layer === name}
              onClick={() => show({ layer: name as LayerName })}
            >
              {title}
            </button>
          ),
        )}
      </fieldset>
      <div
        class="canvas"
        onPointerDown={(event) => {
          if (!event.isPrimary || event.button !== 0) return;
          (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
          draw(...place(event));
        }}
        onPointerMove={move}
        onPointerUp={endStroke}
        onPointerCancel={endStroke}
        onPointerLeave={() => {
          hovered.value = null;
          if (ring.current) ring.current.style.display = "none";
        }}
      >
        <canvas
          ref={element}
          style={now ? `aspect-ratio:${now.scene.width}/${now.scene.height}` : undefined}
          role="img"
          aria-label={now ? words(now) : "loading"}
        />
        <div class="ring" ref={ring} aria-hidden="true" />
      </div>
      <Reading />
    </div>
  );
}

/** What is at the pixel under the pointer. */
function Reading() {
  const at = hovered.value,
    now = canvas.value;
  if (!now) return <p class="reading">loading the scene</p>;
  const { width, height, classes, spacing } = now.scene;
  if (!at)
    return (
      <p class="reading">
        {view.value.layer === "difference" ? (
          <>
            <i class="swatch" style="background:rgb(214 90 160)" /> missed{" "}
            <i class="swatch" style="background:rgb(80 175 235)" /> too much{" "}
            <i class="swatch" style="background:rgb(92 96 104)" /> right
          </>
        ) : (
          <>
            {width}×{height}, {classes} classes{spacing ? `, voxels ${spacing[1]}×${spacing[0]} mm` : ""}; white line:
            the truth. Paint, and every loss answers.
          </>
        )}
      </p>
    );
  const i = at.y * width + at.x,
    label = now.target[i];
  return (
    <p class="reading">
      <b>
        {at.x}, {at.y}
      </b>{" "}
      truth {label === VOID ? "void" : label},{" "}
      {classes === 2 ? (
        <>p {short(probability(now, i, 1), 3)}</>
      ) : (
        Array.from({ length: classes }, (_, c) => `p${c} ${short(probability(now, i, c), 3)}`).join(", ")
      )}
      {view.value.pins.map((name) => {
        const tile = tiles.value.get(name);
        if (!tile || tile.mapWidth === 0) return null;
        const scale = tile.mapWidth / width;
        return (
          <span key={name}>
            {" "}
            · {name} {short(tile.map[Math.floor(at.y * scale) * tile.mapWidth + Math.floor(at.x * scale)], 3)}
          </span>
        );
      })}
    </p>
  );
}
