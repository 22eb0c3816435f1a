const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One line of cells, those that need it in quotes (RFC 4180). */
export const csvLine = (...cells: readonly (string | number)[]): string =>
  cells.map((cell) => quote(String(cell))).join(",");

export interface CsvRow {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Rows of cells, which may be in quotes and then hold anything; empty lines are left out. */
export function readCsv(text: string, separator: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let [at, line] = [0, 1];
  while (at < text.length) {
    const cells: string[] = [],
      from = line;
    let quoted = false;
    for (;;) {
      let cell = "";
      if (text[at] === '"') {
        quoted = true;
        for (at++; ; at++) {
          if (at >= text.length) throw new Error(`line ${from}: a quote is not closed`);
          if (text[at] === '"' && text[++at] !== '"') break;
          if (text[at] === "\n") line++;
          cell += text[at];
        }
      }
      const end = /[\r\n]/g;
      end.lastIndex = at;
      const stop = end.exec(text)?.index ?? text.length,
        next = text.indexOf(separator, at),
        to = next >= 0 && next < stop ? next : stop;
      cells.push(cell + text.slice(at, to).trim());
      at = to + (to === stop ? 0 : 1);
      if (to === stop) break;
    }
    at += text.startsWith("\r\n", at) ? 2 : 1;
    line++;
    if (quoted || cells.length > 1 || cells[0] !== "") rows.push({ line: from, cells });
  }
  return rows;
}
