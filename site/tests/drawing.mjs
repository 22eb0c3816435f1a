// The playground opened, painted on, and given files.

/** Waits until every loss has answered for the pixels as they are. */
export const answered = (page) => page.waitForFunction(() => globalThis.playground?.settled, null, { polling: 20 });

/** The playground at a link, when all losses have answered. */
export async function opened(visit, link, viewport, more) {
  const page = await visit.page(`playground/index.html${link}`, viewport, more);
  await answered(page);
  return page;
}

/** Along points, in shares of the canvas. */
export async function stroke(page, points) {
  const box = await page.locator(".canvas").boundingBox(),
    place = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...place(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...place(point), { steps: 4 });
  await page.mouse.up();
  await answered(page);
}

/** A NumPy file of version 1. */
export function npy(descr, shape, data) {
  const words = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`,
    header = `${words.padEnd(117)}\n`;
  const start = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([header.length, 0])]);
  return Buffer.concat([start, Buffer.from(header, "latin1"), Buffer.from(data.buffer)]);
}

/** A NIfTI-1 file of one slice of bytes, x fastest. */
export function nifti([width, height], data) {
  const header = Buffer.alloc(352);
  header.writeInt32LE(348, 0);
  for (const [i, size] of [3, width, height, 1, 1, 1, 1, 1].entries()) header.writeInt16LE(size, 40 + 2 * i);
  header.writeInt16LE(2, 70);
  header.writeInt16LE(8, 72);
  for (let i = 0; i < 4; i++) header.writeFloatLE(1, 76 + 4 * i);
  header.writeFloatLE(352, 108);
  header.writeFloatLE(1, 112);
  header.write("n+1\0", 344, "latin1");
  return Buffer.concat([header, Buffer.from(data.buffer)]);
}

/** Drags a file over the page and lets it fall where that role is. */
export const drop = (page, role, name, buffer) =>
  page.evaluate(
    async ({ role, name, text }) => {
      const all = new DataTransfer(),
        data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      all.items.add(new File([data], name));
      const drag = (type, target) =>
        target.dispatchEvent(new DragEvent(type, { dataTransfer: all, bubbles: true, cancelable: true }));
      drag("dragover", document.body);
      while (!document.querySelector(".drop")) await new Promise(requestAnimationFrame);
      drag("drop", document.querySelector(`.drop [data-role=${role}]`));
    },
    { role, name, text: buffer.toString("base64") },
  );
