import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Declaration } from "segloss";
import { heat } from "./colours.js";
import { drawPixels, outline } from "./drawing.js";
import { controlled, losses, type Option, readOption, writeOption } from "./losses.js";
import { change, short } from "./numbers.js";
import { canvas, largest, pin, setOption, show, type Tile, tiles, unseen, view } from "./state.js";
import { theme } from "./theme.js";

const filter = signal("");
const opened = signal<string | null>(null);

/** Where a loss pulls: blue up, red down. */
export function Heat({ name, tile, big }: { name: string; tile: Tile | undefined; big?: boolean }) {
  const element = useRef<HTMLCanvasElement>(null),
    dark = theme.value,
    scale = view.value.scale === "shared" ? largest.value : (tile?.largest ?? 0);
  useEffect(() => {
    const target = element.current,
      now = canvas.peek();
    if (!target || !tile || tile.mapWidth === 0 || !now) return;
    if (!big) {
      target.width = tile.mapWidth;
      target.height = tile.mapHeight;
      const context = target.getContext("2d") as CanvasRenderingContext2D,
        image = new ImageData(tile.mapWidth, tile.mapHeight);
      heat(tile.map, scale, dark, image.data as Uint8ClampedArray);
      context.putImageData(image, 0, 0);
      return;
    }
    const { width, height } = now.scene;
    target.width = 448;
    target.height = Math.round((448 * height) / width);
    const context = target.getContext("2d") as CanvasRenderingContext2D;
    drawPixels(context, tile.mapWidth, tile.mapHeight, (out) => heat(tile.map, scale, dark, out));
    outline(context, now.target, width, height, [
      [dark === "dark" ? "rgb(255 255 255 / 0.5)" : "rgb(0 0 0 / 0.45)", 1],
    ]);
  }, [tile?.map, scale, dark, big]);
  return (
    <canvas
      class="heat"
      ref={element}
      // In a tile the button's own words say enough.
      aria-hidden={!big}
      role="img"
      aria-label={`gradient of ${name}, at most ${short(tile?.largest ?? 0)}`}
    />
  );
}

function Trend({ values }: { values: readonly number[] }) {
  if (values.length < 2 || !values.every(Number.isFinite))
    return <svg class="trend" viewBox="0 0 60 16" aria-hidden="true" />;
  const low = Math.min(...values),
    span = Math.max(...values) - low || 1,
    points = values.map((v, i) => `${(60 * i) / (values.length - 1)},${14 - (12 * (v - low)) / span}`);
  return (
    <svg class="trend" viewBox="0 0 60 16" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(" ")} />
    </svg>
  );
}

function Delta({ tile }: { tile: Tile | undefined }) {
  const before = tile?.trend.at(-1) === tile?.value ? tile?.before : tile?.trend.at(-1);
  if (!tile || before === undefined || !Number.isFinite(tile.value - before)) return <span class="delta">&nbsp;</span>;
  const d = tile.value - before;
  return <span class={`delta ${d > 0 ? "up" : d < 0 ? "down" : ""}`}>{change(d)}</span>;
}

/** A control for an option, made of its declaration. */
function Control({ loss, name, option }: { loss: Declaration; name: string; option: Option }) {
  const value = view.value.options[loss.name]?.[name],
    id = `${loss.name}-${name}`,
    set = (next: unknown) => setOption(loss.name, name, next),
    usual =
      option.default === null ? "off" : Array.isArray(option.default) ? option.default.join(", ") : `${option.default}`;
  const field =
    option.type === "boolean" ? (
      <select
        id={id}
        value={value === undefined ? "" : String(value)}
        onChange={({ currentTarget: { value: text } }) => set(text === "" ? undefined : text === "true")}
      >
        <option value="">{usual}</option>
        <option value={String(!option.default)}>{String(!option.default)}</option>
      </select>
    ) : option.type === "choice" ? (
      <select
        id={id}
        value={value === undefined ? "" : String(value)}
        onChange={({ currentTarget: { value: text } }) => set(text === "" ? undefined : text)}
      >
        <option value="">{usual}</option>
        {option.values
          .filter((each) => each !== option.default)
          .map((each) => (
            <option key={each}>{each}</option>
          ))}
      </select>
    ) : (
      <input
        id={id}
        inputMode={option.type === "number" ? "decimal" : "text"}
        placeholder={usual}
        value={value === undefined ? "" : writeOption(value)}
        onChange={({ currentTarget }) => set(readOption(option, currentTarget.value))}
      />
    );
  return (
    <div class="control">
      <label for={id}>{name}</label>
      {field}
      <p>{option.meaning}</p>
    </div>
  );
}

/** A name that may break before its capitals. */
const broken = (name: string) =>
  name.split(/(?=[A-Z])/).map((part, i) =>
    i === 0 ? (
      part
    ) : (
      <>
        <wbr />
        {part}
      </>
    ),
  );

/** Keeps `unseen`: a tile that scrolls in gets its gradient. */
const watcher = new IntersectionObserver(
  (entries) => {
    const next = new Set(unseen.peek());
    for (const { target, isIntersecting } of entries) {
      const name = (target as HTMLElement).dataset.loss as string;
      if (isIntersecting) next.delete(name);
      else next.add(name);
    }
    unseen.value = next;
  },
  { rootMargin: "200px" },
);

function LossTile({ loss }: { loss: Declaration }) {
  const { name, title } = loss,
    tile = tiles.value.get(name),
    pinned = view.value.pins.includes(name),
    open = opened.value === name,
    own = view.value.options[name],
    value = tile ? (tile.error ? "refused" : short(tile.value)) : "…";
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const watched = element.current as HTMLElement;
    watcher.observe(watched);
    return () => watcher.unobserve(watched);
  }, []);
  return (
    <article ref={element} class={`tile${open ? " open" : ""}`} data-loss={name}>
      <button
        type="button"
        class="face"
        aria-pressed={pinned}
        title={tile?.error ?? `${title}: ${tile?.value ?? ""}`}
        onClick={() => pin(name)}
      >
        <span class="name">{broken(name)}</span>
        <Heat name={name} tile={tile} />
        <span class="numbers">
          <span class="value">{value}</span>
          <Delta tile={tile} />
        </span>
      </button>
      <button
        type="button"
        class={`gear${own ? " set" : ""}`}
        aria-expanded={open}
        aria-label={`Options of ${name}`}
        onClick={() => {
          opened.value = open ? null : name;
        }}
      >
        ⚙
      </button>
      {tile?.error && <p class="error">{tile.error}</p>}
      {open && (
        <div class="options">
          <p>
            {loss.formula}. <a href={`../losses/${name}.html`}>Page of {name}</a>
          </p>
          {controlled(loss).map(([option, declared]) => (
            <Control key={option} loss={loss} name={option} option={declared} />
          ))}
        </div>
      )}
    </article>
  );
}

/** All losses, by the survey's levels. */
export function Tiles() {
  const text = filter.value.toLowerCase(),
    shown = losses.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(text)),
    levels = [...new Set(losses.map(({ category }) => category))];
  return (
    <div class="tiles">
      <div class="bar">
        <input
          type="search"
          placeholder={`${losses.length} losses`}
          aria-label="Filter losses"
          value={filter.value}
          onInput={({ currentTarget }) => {
            filter.value = currentTarget.value;
          }}
        />
        <fieldset class="choice" aria-label="Scale of the gradient maps">
          {(["own", "shared"] as const).map((each) => (
            <button
              type="button"
              key={each}
              aria-pressed={view.value.scale === each}
              onClick={() => show({ scale: each })}
            >
              {each} scale
            </button>
          ))}
        </fieldset>
      </div>
      <p class="legend">
        <i class="scale" aria-hidden="true" /> gradient: blue raises, red lowers the logit
      </p>
      {levels.map((level) => {
        const these = shown.filter(({ category }) => category === level);
        return these.length === 0 ? null : (
          <section key={level}>
            <h2>{level}</h2>
            <div class="grid">
              {these.map((loss) => (
                <LossTile key={loss.name} loss={loss} />
              ))}
            </div>
          </section>
        );
      })}
      {shown.length === 0 && <p class="hint">no loss is called that</p>}
    </div>
  );
}

/** Losses that are looked at closely. */
export function Pinned() {
  const { pins, scale } = view.value;
  return (
    <div class="pinned">
      {pins.map((name) => {
        const tile = tiles.value.get(name),
          most = scale === "shared" ? largest.value : (tile?.largest ?? 0);
        return (
          <figure key={name}>
            <Heat name={name} tile={tile} big />
            <figcaption>
              <b>{name}</b>
              <span class="value">{tile ? (tile.error ? "refused" : short(tile.value)) : "…"}</span>
              <Delta tile={tile} />
              <Trend values={tile?.trend ?? []} />
              <span class="small">
                gradient, ±{short(most, 3)}
                <br />
                {tile ? `${short(tile.ms, 2)} ms` : ""}
              </span>
              <button type="button" onClick={() => pin(name)} aria-label={`Unpin ${name}`}>
                unpin
              </button>
            </figcaption>
          </figure>
        );
      })}
      {pins.length === 0 && <p class="hint">Choose a loss to see its gradient here.</p>}
    </div>
  );
}
