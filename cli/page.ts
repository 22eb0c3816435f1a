/** The frame that all reports share: one page that asks for nothing else, light or dark as its reader has it. */

export const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export const number = (x: number) => {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "–" : x > 0 ? "∞" : "−∞";
  return x === 0 ? "0" : Math.abs(x) >= 1e-3 && Math.abs(x) < 1e5 ? x.toPrecision(4) : x.toExponential(2);
};

const style = `
  :root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fafafa; --soft: #55555c; --line: #c8c8cf;
    --panel: #ececf0; --accent: #0072b2; --failed: #a40000; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e9e9ee; --paper: #17171b; --soft: #a8a8b2; --line: #43434d;
    --panel: #27272e; --accent: #6cbdf0; --failed: #ff8f85; } }
  * { box-sizing: border-box; }
  body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
    max-width: 1240px; padding: 1.5rem; }
  h1 { font-size: 1.6rem; line-height: 1.2; }
  h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); font-size: 1.3rem; }
  h3 { margin: 1.8rem 0 0.2rem; font-size: 1.05rem; overflow-wrap: anywhere; }
  p { max-width: 76ch; overflow-wrap: anywhere; }
  .source { max-width: none; color: var(--soft); font-size: 0.85rem; margin: 0 0 0.5rem; }
  code { background: var(--panel); padding: 0 0.25em; border-radius: 3px; }
  .row { display: flex; flex-wrap: wrap; gap: 1rem; }
  figure { margin: 0; width: 230px; }
  figcaption { font-size: 0.8rem; color: var(--soft); overflow-wrap: anywhere; }
  img { image-rendering: pixelated; width: 228px; height: auto; border: 1px solid var(--line); display: block; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.85rem; }
  caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; }
  th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
  th:first-child, td:first-child { text-align: left; padding-left: 0; }
  .word { text-align: left; } th.word:first-child { font-weight: 600; white-space: normal; overflow-wrap: anywhere; }
  .named th.word:first-child { min-width: 7rem; }
  .bar { width: 228px; height: 10px; border: 1px solid var(--line); }
  .scale { width: 230px; display: flex; justify-content: space-between; font-size: 0.75rem; }
  .failed { color: var(--failed); }
  .legend { font-size: 0.8rem; color: var(--soft); margin: 0.4rem 0; max-width: none; }
  .legend i { display: inline-block; width: 0.8em; height: 0.8em; border: 1px solid var(--line);
    margin: 0 0.3em 0 0.9em; }
  .legend i:first-child { margin-left: 0; }
  @media (max-width: 30rem) { body { padding: 1rem; } th, td { padding: 0.2rem 0.4rem; } }`;

/** A page that needs nothing else. */
export const page = (title: string, body: string, more = ""): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>
<style>${style}${more}</style></head><body>${body}</body></html>`;

export interface Cell {
  readonly text: string;
  /** CSS of the cell. */
  readonly style?: string;
  /** True of what is HTML already. */
  readonly html?: boolean;
}

const cellText = (cell: string | Cell) =>
  typeof cell === "string" ? escapeHtml(cell) : cell.html ? cell.text : escapeHtml(cell.text);

/** A table with headings of columns and rows, which scrolls by itself where the page is narrow. */
export function htmlTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
  /** How many columns from the left hold words, not numbers. */
  words = 1,
) {
  const word = (i: number) => (i < words ? ' class="word"' : ""),
    columns = head.map((text, i) => `<th scope="col"${word(i)}>${escapeHtml(text)}</th>`).join("");
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((cell, i) => {
      const own = typeof cell === "string" || !cell.style ? "" : ` style="${cell.style}"`;
      return `<td${word(i + 1)}${own}>${cellText(cell)}</td>`;
    });
    return `<tr><th scope="row" class="word">${cellText(first)}</th>${cells.join("")}</tr>`;
  });
  const kind = words > 1 ? ' class="named"' : "";
  return `<div class="wide" role="region" aria-label="${escapeHtml(caption)}" tabindex="0"><table${kind}>
    <caption>${escapeHtml(caption)}</caption><thead><tr>${columns}</tr></thead>
    <tbody>${body.join("\n")}</tbody></table></div>`;
}
