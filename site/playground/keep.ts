// The figure as files to keep.
import { amount, names } from "./curves.js";
import { chosen, HEIGHT, ink, points, WIDTH } from "./series.js";
import { viewed } from "./state.js";
import { theme } from "./theme.js";

export const save = (name: string, body: Blob) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(body);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
export function saveTable(): void {
  const rows = points.value.map(({ object: which, error, step, values }) =>
    [which, error, amount(step), ...names.map((name) => values[name])].join(","),
  );
  save(
    "losses-and-errors.csv",
    new Blob([`object,error,amount,${names.join(",")}\n${rows.join("\n")}\n`], { type: "text/csv" }),
  );
}
/** The four panels as one picture that stands by itself. */
export function drawing(): string {
  const dark = theme.value === "dark",
    only = viewed.only.value,
    shown = only === null ? chosen.value : [only];
  const [width, row] = [2 * WIDTH, HEIGHT + 24],
    height = 2 * row + 30 + 18 * Math.ceil(shown.length / 4),
    text = (x: number, y: number, words: string, fill = "") =>
      `<text x="${x}" y="${y}"${fill && ` style="fill:${fill}"`}>${words}</text>`;
  const panels = [...document.querySelectorAll(".panel")].map((panel, i) => {
    const caption = text(44, 14, panel.querySelector("figcaption")?.textContent ?? ""),
      inside = panel.querySelector("svg")?.innerHTML ?? "",
      place = `translate(${(i % 2) * WIDTH} ${Math.floor(i / 2) * row})`;
    return `<g transform="${place}">${caption}<g transform="translate(0 16)">${inside}</g></g>`;
  });
  const legend = shown.map((name, i) =>
      text(44 + (i % 4) * 200, 2 * row + 20 + 18 * Math.floor(i / 4), name, ink(name).stroke),
    ),
    style = `text{font:12px system-ui,sans-serif;fill:${dark ? "#ccc" : "#444"}}.axis line{stroke:#8886}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${style}</style><rect width="100%" height="100%" fill="${dark ? "#16181c" : "#fff"}"/>`,
    ...panels,
    ...legend,
    "</svg>",
  ].join("");
}
export async function savePixels(): Promise<void> {
  const image = new Image(),
    address = URL.createObjectURL(new Blob([drawing()], { type: "image/svg+xml" }));
  image.src = address;
  await image.decode();
  const sheet = document.createElement("canvas");
  sheet.width = 2 * image.width;
  sheet.height = 2 * image.height;
  sheet.getContext("2d")?.drawImage(image, 0, 0, sheet.width, sheet.height);
  URL.revokeObjectURL(address);
  sheet.toBlob((blob) => blob && save("losses-and-errors.png", blob));
}
