import { computed } from "@preact/signals";
import { losses } from "./losses.js";
import { limits, type Situation, situations, type Tick } from "./situations.js";
import { pin, show, view, viewed } from "./state.js";

const has = (each: Tick) => viewed.has.value.includes(each);
const toggle = (each: Tick) =>
  show({ has: has(each) ? viewed.has.value.filter((other) => other !== each) : [...viewed.has.value, each] });

const ranked = computed(() => {
  const chosen = viewed.has.value.filter((each): each is Situation => each in situations);
  return losses
    .filter(({ needs }) => !(has("volumes") && needs.planar) && !(has("binary") && needs.several))
    .map((loss) => {
      const said = [...loss.useCases, ...loss.advantages];
      const reasons = chosen
        .map((each) => ({ each, text: said.find((line) => situations[each].words.test(line)) }))
        .filter(({ text }) => text);
      return { loss, reasons };
    })
    .filter(({ reasons }) => reasons.length > 0 || chosen.length === 0)
    .sort((a, b) => b.reasons.length - a.reasons.length);
});

function Check({ tick, title }: { tick: Tick; title: string }) {
  return (
    <label class="check">
      <input type="checkbox" checked={has(tick)} onChange={() => toggle(tick)} />
      {title}
    </label>
  );
}

/** The survey's table, filtered by what the visitor has. */
export function Choose() {
  return (
    <main class="choose">
      <div class="side">
        <h2>What you have</h2>
        {Object.entries(situations).map(([name, { title }]) => (
          <Check key={name} tick={name as Situation} title={title} />
        ))}
        {Object.entries(limits).map(([name, title]) => (
          <Check key={name} tick={name as Tick} title={title} />
        ))}
        <p class="hint">
          Reasons are the catalog's own words, from the papers; the more of your list a loss answers, the higher it
          stands.
        </p>
      </div>
      <div class="cards">
        {ranked.value.map(({ loss, reasons }) => (
          <article key={loss.name} class="card">
            <h3>
              <a href={`../losses/${loss.name}.html`}>{loss.title}</a> <small>{loss.category}</small>
            </h3>
            <ul class="good">
              {reasons.map(({ each, text }) => (
                <li key={each}>
                  <b>{situations[each].title}:</b> {text}
                </li>
              ))}
              {reasons.length === 0 && <li>{loss.useCases[0]}</li>}
            </ul>
            <ul class="bad">
              {loss.disadvantages.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
            <button
              type="button"
              onClick={() => {
                if (!view.value.pins.includes(loss.name)) pin(loss.name);
                show({ tab: "paint" });
              }}
            >
              See it at work
            </button>
          </article>
        ))}
        {ranked.value.length === 0 && <p class="hint">No loss answers to this: take less of the list.</p>}
      </div>
    </main>
  );
}
