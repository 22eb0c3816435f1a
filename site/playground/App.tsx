import { effect, type Signal, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Choose } from "./Choose.js";
import { Descend, playing, toggleDescent } from "./Descend.js";
import { brushSizes } from "./edits.js";
import { settled, tileOf, timing } from "./evaluation.js";
import { Figure } from "./Figure.js";
import { type TabName, tabs } from "./link.js";
import { Metrics } from "./Metrics.js";
import { Names } from "./Names.js";
import { short } from "./numbers.js";
import { Drop } from "./own/Own.js";
import { Speed } from "./Speed.js";
import { Stage } from "./Stage.js";
import { brush, embedded, leftOut, problem, redo, show, stroking, undo, viewed } from "./state.js";
import { Pinned, Tiles } from "./Tiles.js";
import { Tools } from "./Tools.js";
import { toggleTheme } from "./theme.js";

const copied = signal(false);
const help = signal(false);

const keys: readonly (readonly [string, string])[] = [
  ["1 to 6", "tabs"],
  ["b, e", "brush, eraser"],
  ["[ ]", "smaller, larger brush"],
  ["z, y", "undo, redo"],
  ["space", "play or pause in Descend"],
  ["?", "these keys"],
];

function press(event: KeyboardEvent): void {
  const field = (event.target as HTMLElement).closest("input, select, textarea");
  if (field || event.altKey || event.metaKey || (event.ctrlKey && !/^[zy]$/.test(event.key))) return;
  const { key } = event,
    names = Object.keys(tabs) as TabName[],
    size = brush.value.size;
  if (/^[1-6]$/.test(key)) show({ tab: names[Number(key) - 1] });
  else if (key === "b") brush.value = { ...brush.value, label: Math.max(1, brush.value.label) };
  else if (key === "e") brush.value = { ...brush.value, label: 0 };
  else if (key === "[") brush.value = { ...brush.value, size: Math.max(brushSizes.min, size - 2) };
  else if (key === "]") brush.value = { ...brush.value, size: Math.min(brushSizes.max, size + 2) };
  else if (key === "z") undo();
  else if (key === "y") redo();
  else if (key === "?") help.value = !help.value;
  else if (key === "Escape") {
    help.value = false;
    problem.value = null;
    leftOut.value = null;
  } else if (key === " " && viewed.tab.value === "descend" && !(event.target as HTMLElement).closest("button, a")) {
    event.preventDefault();
    toggleDescent();
  }
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    copied.value = true;
    setTimeout(() => {
      copied.value = false;
    }, 1500);
  } catch {
    prompt("The link", location.href);
  }
}

/** How long the last change took; nobody waits for it. */
function Time() {
  const last = timing.value;
  return (
    <p class="time">
      {last
        ? `last change: quick losses after ${short(last.values, 3)} ms, drawn after ${short(last.shown, 3)} ms, ` +
          `all losses after ${short(last.all, 3)} ms`
        : "loading the kernels"}
    </p>
  );
}

/** What the last stroke changed, for those who hear it: once the hand rests and all have answered. */
function Spoken() {
  const text = useSignal(""),
    speak = () => {
      void timing.value;
      void stroking.value;
      const names = viewed.pins.value;
      const timer = setTimeout(() => {
        if (!settled()) return;
        text.value = names
          .map((name) => {
            const tile = tileOf(name).peek();
            return tile && `${name} ${tile.error ? "refused" : short(tile.value, 3)}`;
          })
          .join(", ");
      }, 800);
      return () => clearTimeout(timer);
    };
  // Not useSignalEffect, which asks for a frame: see `viewed`.
  useEffect(() => effect(speak), []);
  return (
    <p class="unseen" aria-live="polite" data-role="spoken">
      {text.value}
    </p>
  );
}

/** What the page has to say, until it is put away. */
function Said({ said, role }: { said: Signal<string | null>; role: "alert" | "status" }) {
  if (said.value === null) return null;
  const putAway = () => {
    said.value = null;
  };
  return (
    <div class={`said ${role}`}>
      <p role={role}>{said.value}</p>
      <button type="button" aria-label="Put away" onClick={putAway}>
        ×
      </button>
    </div>
  );
}

function Paint() {
  return (
    <main class="paint">
      <Tools />
      <div class="middle">
        <div class="look">
          <Stage />
          <Metrics />
        </div>
        <Pinned />
        <Time />
        <Spoken />
      </div>
      <Tiles />
    </main>
  );
}

export function App() {
  useEffect(() => {
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  const tab = viewed.tab.value;
  useEffect(() => {
    if (tab !== "descend" && playing.value) toggleDescent();
  }, [tab]);
  return (
    <>
      {!embedded && (
        <header>
          <a class="home" href="../index.html">
            segloss
          </a>
          <nav aria-label="Views">
            {Object.entries(tabs).map(([name, title]) => (
              <button
                type="button"
                key={name}
                aria-current={tab === name ? "page" : undefined}
                onClick={() => show({ tab: name as TabName })}
              >
                {title}
              </button>
            ))}
          </nav>
          <div class="actions">
            <button type="button" onClick={copyLink}>
              {copied.value ? "Copied" : "Copy link"}
            </button>
            <button type="button" onClick={toggleTheme} aria-label="Light or dark">
              ◐
            </button>
            <button
              type="button"
              aria-label="Keys"
              aria-expanded={help.value}
              onClick={() => {
                help.value = !help.value;
              }}
            >
              ?
            </button>
          </div>
        </header>
      )}
      <h1 class="unseen">Playground: {tabs[tab]}</h1>
      <Said said={problem} role="alert" />
      <Said said={leftOut} role="status" />
      {help.value && (
        <dl class="keys">
          {keys.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      )}
      <Drop />
      {tab === "paint" && <Paint />}
      {tab === "figure" && <Figure />}
      {tab === "descend" && <Descend />}
      {tab === "names" && <Names />}
      {tab === "choose" && <Choose />}
      {tab === "speed" && <Speed />}
    </>
  );
}
