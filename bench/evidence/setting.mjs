/** The same for every loss: Adam's rate, and how often held-out images are looked at on the way. */
export const setting = { steps: 120, batch: 4, side: 64, rate: 0.002, looks: 6 };
