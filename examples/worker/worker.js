import { load } from "../../node_modules/segloss/dist/index.js";

const instance = load();

addEventListener("message", async ({ data: { logits, labels, shape } }) => {
  const [batch, , ...spatial] = shape;
  const loss = (await instance).dice();
  const { value, grad } = loss.valueAndGrad({ data: logits, shape }, { data: labels, shape: [batch, ...spatial] });
  postMessage({ value, grad }, [grad.buffer]);
});
