import { signal, useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Declaration } from "segloss";
import { heat } from "./colours.js";
import { scaleOf, tileOf, unseen } from "./evaluation.js";
import { controlled, losses, type Option, readOption, writeOption } from "./losses.js";
import { change, short } from "./numbers.js";
import { Outline } from "./Outline.js";
import { pin, setOption, show, viewed } from "./state.js";
import { theme } from "./theme.js";

const filter = signal("");
const opened = signal<string | null>(null);

/** One for each size: a new one for each of the tiles would cost more than its colours. */
const images = new Map<string, ImageData>();
function imageOf(width: number, height: number): ImageData {
  const key = `${width} ${height}`,
    found = images.get(key) ?? new ImageData(width, height);
  images.set(key, found);
  return found;
}

/** Where a loss pulls: blue up, red down. */
function Heat({ name, big }: { name: string; big?: boolean }) {
  const element = useRef<HTMLCanvasElement>(null),
    drawn = useRef<readonly unknown[]>([]);
  useSignalEffect(() => {
    const target = element.current,
      tile = tileOf(name).value,
      now = [tile?.map, scaleOf(name), theme.value] as const;
    if (!target || !tile || tile.mapWidth === 0 || now.every((each, i) => each === drawn.current[i])) return;
    drawn.current = now;
    const { map, mapWidth, mapHeight } = tile,
      image = imageOf(mapWidth, mapHeight);
    // Setting a size, even the same, makes a new bitmap.
    if (target.width !== mapWidth) target.width = mapWidth;
    if (target.height !== mapHeight) target.height = mapHeight;
    heat(map, now[1], now[2], image.data as Uint8ClampedArray);
    target.getContext("2d")?.putImageData(image, 0, 0);
  });
  // In a tile the button's own words say enough.
  return <canvas class="heat" ref={element} aria-hidden={!big} role="img" aria-label={`gradient of ${name}`} />;
}

function Trend({ name }: { name: string }) {
  const values = tileOf(name).value?.trend ?? [];
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

/** The value, and how it changed since the stroke before. */
function Value({ name }: { name: string }) {
  const tile = tileOf(name).value,
    before = tile && (Object.is(tile.trend.at(-1), tile.value) ? tile.before : tile.trend.at(-1)),
    d = tile && before !== undefined ? tile.value - before : Number.NaN;
  return (
    <>
      <span class="value">{tile ? (tile.error ? "refused" : short(tile.value)) : "…"}</span>
      <span class={`delta ${d > 0 ? "up" : d < 0 ? "down" : ""}`}>{Number.isFinite(d) ? change(d) : "\u00a0"}</span>
    </>
  );
}

/** A control for an option, made of its declaration. */
function Control({ loss, name, option }: { loss: Declaration; name: string; option: Option }) {
  const value = viewed.options.value[loss.name]?.[name],
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
export const broken = (name: string) =>
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
  { rootMargin: "40px" },
);

function LossTile({ loss }: { loss: Declaration }) {
  const { name, title } = loss,
    refused = useComputed(() => tileOf(name).value?.error).value,
    pinned = viewed.pins.value.includes(name),
    open = opened.value === name,
    own = viewed.options.value[name];
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const watched = element.current as HTMLElement;
    watcher.observe(watched);
    return () => watcher.unobserve(watched);
  }, []);
  return (
    <article ref={element} class={`tile${open ? " open" : ""}`} data-loss={name}>
      <button type="button" class="face" aria-pressed={pinned} title={refused ?? title} onClick={() => pin(name)}>
        <span class="name">{broken(name)}</span>
        <Heat name={name} />
        <span class="numbers">
          <Value name={name} />
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
      {refused && <p class="error">{refused}</p>}
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
              aria-pressed={viewed.scale.value === each}
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

function Reach({ name }: { name: string }) {
  const tile = tileOf(name).value;
  if (tile?.error) return <span class="error">{tile.error}</span>;
  return (
    <span class="small">
      gradient, ±{short(scaleOf(name), 3)}
      <br />
      {tile ? `${short(tile.ms, 2)} ms` : ""}
    </span>
  );
}

const overGradient = () => [[theme.value === "dark" ? "rgb(255 255 255 / 0.5)" : "rgb(0 0 0 / 0.45)", 1]] as const;

/** Losses that are looked at closely. */
export function Pinned() {
  const pins = viewed.pins.value;
  return (
    <div class="pinned">
      {pins.map((name) => (
        <figure key={name}>
          <div class="closeup">
            <Heat name={name} big />
            <Outline lines={overGradient} />
          </div>
          <figcaption>
            <b>{broken(name)}</b>
            <Value name={name} />
            <Trend name={name} />
            <Reach name={name} />
            <button type="button" onClick={() => pin(name)} aria-label={`Unpin ${name}`}>
              unpin
            </button>
          </figcaption>
        </figure>
      ))}
      {pins.length === 0 && <p class="hint">Choose a loss to see its gradient here.</p>}
    </div>
  );
}
