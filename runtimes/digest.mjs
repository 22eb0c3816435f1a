// The bits of every loss, metric and some utilities as short hashes: the same in every runtime, or something is wrong.
// Imports nothing.

/** 32 bits of FNV-1a over the bytes of arrays and numbers. */
function hash(...results) {
  let h = 0x811c9dc5;
  for (const result of results) {
    const { buffer, byteOffset, byteLength } = typeof result === "number" ? Float64Array.of(result) : result;
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) h = Math.imul(h ^ byte, 0x01000193);
  }
  return (h >>> 0).toString(16).padStart(8, "0");
}

/** Logits, labels with a void one among them, in blobs rather than noise, so that boundaries are some pixels long. */
function makeCase(classes, [height, width]) {
  let seed = 12345 + classes;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const shape = [2, classes, height, width],
    labels = new Uint8Array(2 * height * width);
  for (let i = 0; i < labels.length; i++) {
    const x = i % width,
      y = Math.floor(i / width) % height;
    labels[i] = random() < 0.02 ? 255 : (Math.floor(x / 13) + Math.floor(y / 11)) % Math.max(2, classes);
  }
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 6 * random() - 3);
  return { pred: { data, shape }, target: { data: labels, shape: [2, height, width] } };
}

const settings = [
  { activation: "softmax", classes: 3, size: [40, 41] },
  { activation: "softmax", classes: 2, size: [95, 97] },
  { activation: "sigmoid", classes: 1, size: [33, 50] },
];

/** Hashes of all losses of an instance or of a pool of workers. */
async function losses(library, catalog) {
  const found = {};
  for (const { name } of catalog) {
    const results = [];
    for (const { activation, classes, size } of settings) {
      const { pred, target } = makeCase(classes, size);
      try {
        const { value, grad } = await library.create(name, { activation, ignoreIndex: 255 }).valueAndGrad(pred, target);
        results.push(value, grad);
      } catch (error) {
        if (error.code !== "UNSUPPORTED" || /loadInverseForm/.test(error.message)) throw error;
      }
    }
    if (results.length === 0) throw new Error(`${name} takes none of the cases`);
    found[name] = hash(...results);
  }
  return found;
}

/** `network`: where inverseForm's network comes from, if not from beside the package. */
export async function digest({ load, catalog, metricCatalog }, network) {
  const seg = await load();
  await seg.loadInverseForm(network);
  const found = await losses(seg, catalog),
    { pred, target } = makeCase(3, [40, 41]),
    own = { ...target, data: target.data.map((label) => label % 3) };
  for (const { name, options } of metricCatalog) {
    const required = Object.keys(options).filter((option) => options[option].required),
      { value, perClass } = seg.metrics[name](pred, own, Object.fromEntries(required.map((option) => [option, 1])));
    found[`metrics.${name}`] = hash(value, perClass);
  }
  for (const name of ["softmax", "argmax"]) found[name] = hash(seg[name](pred).data);
  for (const name of ["distanceTransform", "signedDistanceTransform", "boundaryMask"])
    found[name] = hash(seg[name](own).data);
  return found;
}

/** The same of a pool of two workers, which split the larger cases where memory can be shared. */
export async function poolDigest({ createPool }, { catalog }) {
  const pool = await createPool({ workers: 2, splitAbove: 0 });
  try {
    return await losses(pool, catalog);
  } finally {
    pool.dispose();
  }
}

const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const picture = "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAECAAAAACIbxGfAAAAEUlEQVR4XmNgZGRiYmDASgEAAXwAGXA/vNkAAAAASUVORK5CYII=",
  volume = "H4sIAAAAAAACA4thZCAKMDOwMbAwMMIhKmBi4ADTDfYMDAww7ADhI+MNzgwjBORpG0IYjExMDAyMMBIkwMgApABwuJVceAEAAA==";

/** A PNG and a packed NIfTI of 4 x 6 labels, read alone and over each other. */
export async function filesDigest({ readFile, readPair }) {
  const [png, nifti] = [new File([bytes(picture)], "a.png"), new File([bytes(volume)], "b.nii.gz")],
    [one, other, { pred, target }] = await Promise.all([readFile(png), readFile(nifti), readPair(png, nifti)]);
  return {
    "a.png": hash(one.data),
    "b.nii.gz": hash(other.data, Float64Array.from(other.spacing)),
    pair: hash(pred.data, target.data),
  };
}
