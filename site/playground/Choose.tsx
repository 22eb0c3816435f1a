import { computed, signal } from "@preact/signals";
import { losses } from "./losses.js";
import { pin, show, view } from "./state.js";

/** Situations, and the words of a loss's advantages and uses (catalog) that answer them. */
const situations = {
  imbalance: {
    title: "classes of very different size",
    words: /unbalanced|imbalance|few foreground|size of a class|sizes of|lesion|background|orders of magnitude/i,
  },
  small: { title: "small objects", words: /small|few pixels|lesion|few foreground|less than one per cent/i },
  thin: { title: "thin structures", words: /\bthin\b|vessel|\broads\b|skeleton|components and holes/i },
  boundaries: { title: "contours matter", words: /contour|boundar|border|outline|distance|shift/i },
  noise: { title: "wrong labels", words: /noise|noisy|wrong labels|many hands|outlier/i },
  overlap: { title: "overlap is reported", words: /overlap|IoU|Dice|Jaccard/ },
  many: { title: "many or related classes", words: /many classes|hierarch|related|classes compete/i },
  balanced: { title: "a first loss", words: /first loss|usual choice|balanced|differentiable everywhere/i },
} as const;
type Situation = keyof typeof situations;
const chosen = signal<ReadonlySet<Situation>>(new Set(["small", "boundaries"]));
const volume = signal(false);
const binary = signal(false);

const ranked = computed(() =>
  losses
    .filter(({ needs }) => !(volume.value && needs.planar) && !(binary.value && needs.several))
    .map((loss) => {
      const said = [...loss.useCases, ...loss.advantages];
      const reasons = [...chosen.value].map((each) => ({
        each,
        text: said.find((line) => situations[each].words.test(line)),
      }));
      return { loss, reasons: reasons.filter(({ text }) => text), met: reasons.filter(({ text }) => text).length };
    })
    .filter(({ met }) => met > 0 || chosen.value.size === 0)
    .sort((a, b) => b.met - a.met),
);

/** The survey's table, filtered by what the visitor has. */
export function Choose() {
  return (
    <main class="choose">
      <div class="side">
        <h2>What you have</h2>
        {Object.entries(situations).map(([name, { title }]) => (
          <label class="check" key={name}>
            <input
              type="checkbox"
              checked={chosen.value.has(name as Situation)}
              onChange={() => {
                const next = new Set(chosen.value);
                if (!next.delete(name as Situation)) next.add(name as Situation);
                chosen.value = next;
              }}
            />
            {title}
          </label>
        ))}
        <label class="check">
          <input
            type="checkbox"
            checked={volume.value}
            onChange={() => {
              volume.value = !volume.value;
            }}
          />
          volumes (3-D)
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={binary.value}
            onChange={() => {
              binary.value = !binary.value;
            }}
          />
          one channel (binary)
        </label>
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
