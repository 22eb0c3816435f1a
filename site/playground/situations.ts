/** Situations, and the words of a loss's advantages and uses (catalog) that answer them. */
export const situations = {
  imbalance: {
    title: "classes of very different size",
    words: /unbalanced|imbalance|few foreground|size of a class|sizes of|lesion|background|orders of magnitude/i,
  },
  small: { title: "small objects", words: /small|few pixels|lesion|few foreground|less than one per cent/i },
  thin: { title: "thin structures", words: /\bthin\b|vessel|\broads\b|skeleton|components and holes/i },
  boundaries: { title: "contours matter", words: /contour|boundar|border|outline|distance|shift/i },
  noise: { title: "wrong labels", words: /noise|noisy|wrong labels|many hands|outlier/i },
  overlap: { title: "overlap is reported", words: /overlap|IoU|Dice|Jaccard/ },
  many: { title: "many or related classes", words: /many classes|hierarch|related|classes compete/i },
  balanced: { title: "a first loss", words: /first loss|usual choice|balanced|differentiable everywhere/i },
} as const;
export type Situation = keyof typeof situations;

/** What leaves losses out, whatever else they answer. */
export const limits = { volumes: "volumes (3-D)", binary: "one channel (binary)" } as const;
export const ticks = { ...situations, ...limits };
export type Tick = keyof typeof ticks;
