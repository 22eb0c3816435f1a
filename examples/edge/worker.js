import { load } from "segloss";

const instance = load(); // once, for all requests

/** POST {"pred": [labels], "target": [labels], "shape": [1, height, width]}: answers with the Dice score. */
export default {
  async fetch(request) {
    const { pred, target, shape } = await request.json();
    const seg = await instance;
    const labels = (list) => ({ data: Uint8Array.from(list), shape });
    return Response.json(
      seg.metrics.dice(labels(pred), labels(target), { numClasses: 2, includeBackground: false }).value,
    );
  },
};
