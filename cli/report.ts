import { catalog } from "segloss";
import type { Failure, Result } from "./compare";
import type { Item } from "./items";
import { escapeHtml, number, page } from "./page";
import {
  chooseSlice,
  diverging,
  gradientPicture,
  imagePicture,
  legend,
  type Picture,
  predictionPicture,
  targetPicture,
} from "./pictures";

/** One group of the report: items that are shown together, such as one image at three stages. */
export interface Group {
  readonly title: string;
  readonly note?: string;
  readonly columns: readonly { readonly heading: string; readonly item: Item; readonly results: readonly Result[] }[];
}

type Entry = (typeof catalog)[number];

const stops = [-1, -0.5, 0, 0.5, 1].map((t) => `rgb(${diverging(t).join(",")})`);
const gradientCss = `linear-gradient(to right, ${stops.join(", ")})`;

function figure(picture: Picture | undefined, caption: string, below = ""): string {
  if (!picture) return "";
  const text = escapeHtml(caption);
  return `<figure><img src="${picture.uri}" alt="${text}">${below}<figcaption>${text}</figcaption></figure>`;
}

function scale(extreme: number): string {
  const end = number(extreme);
  return `<div class="bar" style="background:${gradientCss}"></div>
    <div class="scale"><span>&minus;${end}</span><span>0</span><span>+${end}</span></div>`;
}

function lossSection(loss: string, columns: Group["columns"]): string {
  const entry = catalog.find(({ name }) => name === loss);
  const source = ({ authors, title, year }: Entry["reference"]) =>
    `${escapeHtml(authors)}, &ldquo;${escapeHtml(title)}&rdquo;, ${year}`;
  const about = entry ? `<code>${escapeHtml(entry.formula)}</code> &middot; ${source(entry.reference)}` : "";
  const maps = columns.map(({ heading, item, results }) => {
    const result = results.find((r) => r.loss === loss);
    if (!result?.grad) return "";
    const map = gradientPicture(item, result.grad, chooseSlice(item));
    return figure(map, `${heading}: ${number(result.value)}`, scale(map.extreme ?? 0));
  });
  return `<h3>${escapeHtml(entry?.title ?? loss)} (${escapeHtml(loss)})</h3>
    <p class="source">${about}</p><div class="row">${maps.join("")}</div>`;
}

function valueTable(losses: readonly string[], columns: Group["columns"]): string {
  const head = columns
    .map(({ heading }) => `<th>${escapeHtml(heading)}</th><th>&Vert;gradient&Vert;</th><th>ms</th>`)
    .join("");
  const rows = losses.map((loss) => {
    const cells = columns.map(({ results }) => {
      const r = results.find((result) => result.loss === loss);
      return r
        ? `<td>${number(r.value)}</td><td>${number(r.gradientNorm)}</td><td>${r.milliseconds.toFixed(2)}</td>`
        : "<td></td><td></td><td></td>";
    });
    return `<tr><td>${escapeHtml(loss)}</td>${cells.join("")}</tr>`;
  });
  return `<table><tr><th>loss</th>${head}</tr>${rows.join("")}</table>`;
}

/** What the maps of this group show, said for its activation and classes. */
function explanation({ pred, activation }: Item): string {
  const [what, by] = activation === "none" ? ["probabilities", "probability"] : ["logits", "logit"];
  if (pred.shape[1] === 1)
    return `Prediction: ${what} of one channel (${activation}). The maps show the derivative by that channel's ${by}.`;
  return `Prediction: ${what} of ${pred.shape[1]} classes (${activation}). The maps show, at each pixel, the
    derivative by the ${by} of that pixel's true class: nearly always blue, since losses want it raised; where and how
    strongly is what tells them apart.`;
}

function groupSection({ title, note, columns }: Group): string {
  const [first] = columns,
    losses = [...new Set(columns.flatMap(({ results }) => results.map(({ loss }) => loss)))];
  const slice = chooseSlice(first.item),
    where =
      first.item.spatial.length === 3
        ? `: slice ${slice} (0 to ${first.item.spatial[0] - 1}), the one with most foreground`
        : "";
  const colours = legend(first.item).map(({ colour, means }) => `<i style="background:${colour}"></i>${means}`);
  const pictures = [
    figure(imagePicture(first.item, slice), `image${where}`),
    figure(targetPicture(first.item, slice), `truth${first.item.image ? "" : where}`),
    ...columns.map(({ heading, item }) => figure(predictionPicture(item, slice), `prediction: ${heading}`)),
  ];
  return `<h2>${escapeHtml(title)}</h2>${note ? `<p>${escapeHtml(note)}</p>` : ""}
    <div class="row">${pictures.join("")}</div><p class="legend">${colours.join("")}</p>
    <p>${explanation(first.item)}</p>
    <h3>Values</h3>${valueTable(losses, columns)}${losses.map((loss) => lossSection(loss, columns)).join("")}`;
}

/** A page that needs nothing else. */
export function htmlReport(groups: readonly Group[], failures: readonly Failure[]): string {
  const failed = failures.map(({ message }) => `<p class="failed">${escapeHtml(message)}</p>`).join("");
  return page(
    "segloss report",
    `
    <h1>What the losses say</h1>
    <p>Each map shows what one loss tells each pixel: the derivative of the loss by the pixel's logit. Training steps
    against it, so it <b>raises</b> the logit where the map is <b style="color:rgb(33,102,172)">blue</b>, <b>lowers</b>
    it where it is <b style="color:rgb(178,24,43)">red</b>, and leaves white pixels alone. Every map has a scale of its
    own, printed below it with zero in the middle; the half percent of pixels with the steepest derivatives may lie
    beyond its ends. The number below is the loss.</p>
    ${failed}${groups.map(groupSection).join("")}`,
  );
}
