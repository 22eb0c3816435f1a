const quantile = (list, q) => list.toSorted((a, b) => a - b)[Math.round(q * (list.length - 1))];

export const median = (list) => quantile(list, 0.5);
export const quartiles = (list) => [quantile(list, 0.25), quantile(list, 0.75)];
