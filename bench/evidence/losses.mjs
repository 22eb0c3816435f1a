// How each loss of the catalog is trained: alone at its defaults, unless something else stands here with its reason.
const last = { layout: "channelsLast" },
  sigmoid = { ...last, activation: "sigmoid" };

/** A sum of losses, each at its weight. */
const sum = (seg, terms) =>
  seg.weightedSum(terms.map(([weight, name, options = last]) => ({ weight, loss: seg.create(name, options) })));

/**
 * By the loss's name: `make` gives the loss, `how` says what it is and why. `weights` gives the weights of a sum, of
 * how far the training is (0 to 1) and the mean of what each term was, unweighted, in the steps before. `learned` are
 * extra inputs that are trained with the network, as they start; `features` passes the decoder's and the classifier;
 * `scales` is how many outputs the network has, `channels` of each, and `decode` what makes labels of them.
 */
const special = {
  regionMutualInformation: {
    make: (seg) =>
      sum(seg, [
        [0.5, "crossEntropy", sigmoid],
        [0.5, "regionMutualInformation"],
      ]),
    how: "half of it and half binary cross entropy, as the paper has it",
  },
  robustT: {
    learned: { logNu: [1] },
    how: "alone; its degrees of freedom are learned with the network, as in the paper",
  },
  ohem: {
    make: (seg) => seg.ohem({ ...last, minKept: 1024 }),
    how: "alone; 1024 pixels of the batch are kept at least, since the default is more than the batch has",
  },
  skeletonRecall: {
    make: (seg) =>
      sum(seg, [
        [1, "dice"],
        [1, "crossEntropy"],
        [1, "skeletonRecall"],
      ]),
    how: "with Dice and cross entropy, the partners of the paper, each at a weight of 1",
  },
  centerlineDice: {
    make: (seg) =>
      sum(seg, [
        [0.5, "dice"],
        [0.5, "centerlineDice"],
      ]),
    how: "half of it and half Dice, as the paper's code has it",
  },
  topological: {
    make: (seg) =>
      sum(seg, [
        [1, "crossEntropy"],
        [0.01, "topological"],
      ]),
    how: "at 0.01 beside cross entropy, the paper's partner; the weight is ours",
  },
  boundary: {
    make: (seg) =>
      sum(seg, [
        [1, "generalizedDice"],
        [1, "boundary"],
      ]),
    weights: (done) => {
      const weight = Math.min(0.99, Math.floor(100 * done + 1) / 100);
      return [1 - weight, weight];
    },
    how: "with generalised Dice, its weight rising from 0.01 by 0.01 each hundredth of the training, as in the paper",
  },
  hausdorffDistance: {
    make: (seg) =>
      sum(seg, [
        [1, "dice"],
        [1, "hausdorffDistance"],
      ]),
    weights: (_, [dice, distance]) => [distance / Math.max(dice, 1e-6), 1],
    how: "with Dice, weighted by the ratio of the two losses' means in the last ten steps, as the paper does by epochs",
  },
  boundaryAware: {
    channels: 4,
    decode: (seg, scores) => seg.boundaryAwareDecode(scores, last).data,
    how: "alone; the network's 4 channels are bins of distance, of which the mask is decoded",
  },
  activeBoundary: {
    make: (seg) =>
      sum(seg, [
        [1, "crossEntropy"],
        [1, "lovaszSoftmax"],
        [1, "activeBoundary"],
      ]),
    how: "with cross entropy and Lovász-Softmax, the partners of the paper, each at a weight of 1",
  },
  inverseForm: {
    make: (seg) =>
      sum(seg, [
        [1, "crossEntropy"],
        [0.3, "inverseForm"],
      ]),
    how: "at 0.3 beside cross entropy; the weight is ours",
  },
  conditionalBoundary: {
    make: (seg) =>
      sum(seg, [
        [1, "crossEntropy"],
        [1, "conditionalBoundary"],
      ]),
    features: true,
    how: "beside cross entropy, on the decoder's features with the classifier held, as in the paper",
  },
  componentWise: {
    make: (seg) =>
      sum(seg, [
        [2, "dice"],
        [1, "componentWise"],
      ]),
    how: "of Dice, at 1 beside Dice of the whole image at 2, the paper's weights",
  },
  deepSupervision: {
    scales: 3,
    how: "of Dice, on outputs of three scales",
  },
};

/** How each loss of `catalog` is trained, by its name; `seg` is what load() gave. */
export function trainings(catalog) {
  const unknown = Object.keys(special).filter((name) => !catalog.some((entry) => entry.name === name));
  if (unknown.length > 0) throw new Error(`no losses of the catalog: ${unknown.join(", ")}`);
  return new Map(
    catalog.map(({ name }) => [
      name,
      { make: (seg) => seg.create(name, last), how: "alone", scales: 1, channels: 2, learned: {}, ...special[name] },
    ]),
  );
}
