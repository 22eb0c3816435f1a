import { signal } from "@preact/signals";
import { background } from "./client.js";
import { losses } from "./losses.js";
import { short } from "./numbers.js";
import type { SpeedRow } from "./protocol.js";
import { broken } from "./Tiles.js";

const rows = signal<readonly SpeedRow[]>([]);
const running = signal(false);
const failed = signal("");
const SIDE = 256,
  CLASSES = 4;

function run(): void {
  rows.value = [];
  failed.value = "";
  running.value = true;
  background().ask(
    "speed",
    { losses: losses.map(({ name }) => ({ name, options: {} })), side: SIDE, classes: CLASSES },
    ({ row }) => {
      rows.value = [...rows.value, row];
    },
    (error) => {
      running.value = false;
      failed.value = error ?? "";
    },
  );
}

/** Every loss on the visitor's machine. */
export function Speed() {
  const most = Math.max(1e-9, ...rows.value.flatMap(({ ms, plain = 0 }) => [ms, plain])),
    logits = SIDE * SIDE * CLASSES;
  return (
    <main class="speed">
      <p class="lead">
        Value and gradient of {CLASSES} classes at {SIDE}×{SIDE}, one thread of this browser, the target prepared;
        medians. Grey: the same formula in plain JavaScript, where we wrote it for comparison.
      </p>
      <button type="button" class="primary" onClick={run} disabled={running.value}>
        {running.value ? `${rows.value.length} of ${losses.length}` : "Time every loss here"}
      </button>
      {failed.value && <p class="error">{failed.value}</p>}
      <table>
        <thead>
          <tr>
            <th>loss</th>
            <th class="number">ms</th>
            <th class="number">ns a logit</th>
            <th class="number">plain JavaScript, ms</th>
            <th class="wide" aria-label="Bars" />
          </tr>
        </thead>
        <tbody>
          {losses.map(({ name }) => {
            const row = rows.value.find((each) => each.name === name);
            return (
              <tr key={name}>
                <td>{broken(name)}</td>
                <td class="number">{row ? short(row.ms, 3) : ""}</td>
                <td class="number">{row ? short((row.ms * 1e6) / logits, 3) : ""}</td>
                <td class="number">{row?.plain ? `${short(row.plain, 3)} (×${short(row.plain / row.ms, 2)})` : ""}</td>
                <td class="wide">
                  <i class="bar1" style={`width:${row ? (100 * row.ms) / most : 0}%`} />
                  <i class="bar2" style={`width:${row?.plain ? (100 * row.plain) / most : 0}%`} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </main>
  );
}
