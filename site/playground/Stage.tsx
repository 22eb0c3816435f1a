import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { css } from "./colours.js";
import { best, probability } from "./drawing.js";
import type { Canvas } from "./edits.js";
import { metrics, surfaces, tileOf } from "./evaluation.js";
import { EXTRA, MISSED, paintLayer, RIGHT } from "./layers.js";
import { type LayerName, layers } from "./link.js";
import { short } from "./numbers.js";
import { Outline } from "./Outline.js";
import { VOID } from "./scenes.js";
import { brush, canvas, draw, endStroke, hovered, show, shownMetric, stroking, version, viewed } from "./state.js";

/** What a metric looks at: both borders or bands, and the pair of points that its distance lies between. */
function drawMetric(context: CanvasRenderingContext2D, now: Canvas): void {
  const name = shownMetric.value;
  if (name === null) return;
  const found = surfaces.value,
    { width, height } = now.scene;
  if (!found) return;
  const { width: full } = context.canvas,
    side = full / width,
    band = found.bands[name],
    { target, pred } = band ?? found.borders;
  context.fillStyle = "rgb(0 0 0 / 0.55)";
  context.fillRect(0, 0, full, (full * height) / width);
  // Of bands the part that both have is what counts: it shows as a third colour.
  context.globalAlpha = band ? 0.6 : 1;
  for (const [mask, fill] of [
    [target, "#ffffff"],
    [pred, "#f09228"],
  ] as const) {
    context.fillStyle = fill;
    for (let i = 0; i < mask.length; i++)
      if (mask[i]) context.fillRect((i % width) * side, Math.floor(i / width) * side, side, side);
  }
  context.globalAlpha = 1;
  const pair = found.pairs[name];
  if (!pair) return;
  const ends = [pair.from, pair.to].map(([x, y]) => [(x + 0.5) * side, (y + 0.5) * side] as const);
  context.strokeStyle = "#5aaaff";
  context.lineWidth = 3;
  context.beginPath();
  for (const [x, y] of ends) context.lineTo(x, y);
  context.stroke();
  for (const [x, y] of ends) {
    context.beginPath();
    context.arc(x, y, 7, 0, 7);
    context.stroke();
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

const lines = [
  ["rgb(0 0 0 / 0.5)", 3],
  ["rgb(255 255 255 / 0.95)", 1.25],
] as const;

/** The pixels, at their own size; drawn again once a frame at most. */
function Pixels() {
  const element = useRef<HTMLCanvasElement>(null),
    image = useRef<ImageData | null>(null),
    now = canvas.value,
    text = useSignal("loading");
  useSignalEffect(() => {
    const target = element.current,
      picture = canvas.value;
    void version.value;
    if (!target || !picture) return;
    const { width, height } = picture.scene;
    if (image.current?.width !== width || image.current.height !== height) image.current = new ImageData(width, height);
    if (target.width !== width) target.width = width;
    if (target.height !== height) target.height = height;
    paintLayer(picture, viewed.layer.value, new Int32Array(image.current.data.buffer));
    target.getContext("2d")?.putImageData(image.current, 0, 0);
  });
  useSignalEffect(() => {
    void version.value;
    void metrics.value;
    // Nobody reads it while the hand moves.
    const timer = setTimeout(() => {
      const picture = canvas.peek();
      if (picture) text.value = words(picture);
    }, 300);
    return () => clearTimeout(timer);
  });
  return (
    <canvas
      ref={element}
      style={now ? `aspect-ratio:${now.scene.width}/${now.scene.height}` : undefined}
      role="img"
      aria-label={text.value}
    />
  );
}

/** The pixel under a pointer. */
function place({ currentTarget, clientX, clientY }: PointerEvent): [number, number] {
  const box = (currentTarget as HTMLElement).getBoundingClientRect(),
    { width = 1, height = 1 } = canvas.peek()?.scene ?? {};
  const along = (at: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(at * size)));
  return [along((clientX - box.left) / box.width, width), along((clientY - box.top) / box.height, height)];
}
/** Goes on with the stroke that began here: a hand that comes from elsewhere paints nothing. */
function follow(event: PointerEvent): void {
  const captured = (event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId);
  if (captured && stroking.peek() && event.isPrimary && event.buttons & 1) draw(...place(event), event.timeStamp);
}

export function Stage() {
  const ring = useRef<HTMLDivElement>(null),
    now = canvas.value;
  // Another view can be opened with the hand down.
  useEffect(() => endStroke, []);
  const move = (event: PointerEvent) => {
    follow(event);
    const [x, y] = place(event);
    hovered.value = { x, y };
    if (ring.current && now) {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect(),
        size = (brush.value.size * box.width) / now.scene.width;
      const corner = [event.clientX - box.left - size / 2, event.clientY - box.top - size / 2];
      Object.assign(ring.current.style, {
        // Moved so, it lays out nothing.
        transform: `translate(${corner[0]}px, ${corner[1]}px)`,
        width: `${size}px`,
        height: `${size}px`,
        display: "block",
      });
    }
  };
  return (
    <div class="stage">
      <fieldset class="layers" aria-label="What the canvas shows">
        {Object.entries(layers).map(([name, title]) =>
          name === "image" && !now?.scene.image ? null : (
            <button
              type="button"
              key={name}
              aria-pressed={viewed.layer.value === name}
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
          const { currentTarget: element } = event;
          element.setPointerCapture(event.pointerId);
          // Of a hand that moves, some browsers tell before the next frame: the losses need not wait for it.
          element.addEventListener("pointerrawupdate", follow as EventListener);
          draw(...place(event), event.timeStamp);
        }}
        onPointerMove={move}
        onLostPointerCapture={({ currentTarget, isPrimary }) => {
          if (!isPrimary) return;
          currentTarget.removeEventListener("pointerrawupdate", follow as EventListener);
          endStroke();
        }}
        onPointerLeave={() => {
          hovered.value = null;
          if (ring.current) ring.current.style.display = "none";
        }}
      >
        <Pixels />
        <Outline lines={() => lines} under={drawMetric} />
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
  // While the hand is down it follows the hand and the answers.
  void (stroking.value || version.value);
  if (!now) return <p class="reading">loading the scene</p>;
  const { width, height, classes, spacing } = now.scene;
  if (!at)
    return (
      <p class="reading">
        {viewed.layer.value === "difference" ? (
          <>
            <i class="swatch" style={`background:${css(MISSED)}`} /> missed{" "}
            <i class="swatch" style={`background:${css(EXTRA)}`} /> too much{" "}
            <i class="swatch" style={`background:${css(RIGHT)}`} /> right
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
      <b>{`${at.x}, ${at.y}`}</b> {`truth ${label === VOID ? "void" : label}, `}
      {classes === 2 ? (
        <>p {short(probability(now, i, 1), 3)}</>
      ) : (
        Array.from({ length: classes }, (_, c) => `p${c} ${short(probability(now, i, c), 3)}`).join(", ")
      )}
      {viewed.pins.value.map((name) => {
        const tile = tileOf(name).value;
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
