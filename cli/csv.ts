const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One line of cells, those that need it in quotes (RFC 4180). */
export const csvLine = (...cells: readonly (string | number)[]): string =>
  cells.map((cell) => quote(String(cell))).join(",");
