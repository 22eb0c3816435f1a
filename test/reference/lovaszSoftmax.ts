/**
 * The Lovasz extension of one class's Jaccard loss in float64, as it is defined: errors in descending order, equal ones
 * in their own, and the differences of the Jaccard loss of the sets of the first k (Berman et al. 2018, equation 8).
 */
export function lovaszExtension(errors: ArrayLike<number>, own: readonly boolean[]) {
  const order = Array.from(own, (_, i) => i).sort((i, j) => errors[j] - errors[i] || i - j),
    total = own.filter(Boolean).length,
    grad = new Float64Array(own.length);
  let hits = total,
    union = total,
    before = 0,
    value = 0;
  for (const i of order) {
    if (own[i]) hits--;
    else union++;
    const jaccard = union > 0 ? 1 - hits / union : 0;
    grad[i] = jaccard - before;
    before = jaccard;
    value += grad[i] * errors[i];
  }
  return { value, grad };
}
