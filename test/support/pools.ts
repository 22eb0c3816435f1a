import { afterAll, beforeAll } from "vitest";
import { type AsyncLoss, createPool, type Pool } from "../../dist/workers.js";
import { settings } from "./random";

/** A setting that every loss in the tests of workers takes. */
export const LABELS = settings[0];
/** Several tiles a sample, so that shares end within one. */
export const SPATIAL = [132, 127];

/** Pools of 1, 2 and 3 workers, which share out calls of any size. */
export function sharedPools(): readonly Pool[] {
  const pools: Pool[] = [];
  beforeAll(async () => {
    for (const workers of [1, 2, 3]) pools.push(await createPool({ workers, splitAbove: 0 }));
  });
  afterAll(() => {
    for (const pool of pools) pool.dispose();
  });
  return pools;
}

export const asyncLoss = (pool: Pool, name: string, options: object): AsyncLoss => pool.create(name as "dice", options);

/** What a promise is rejected with; fails when it is kept. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: Error) => error,
  );
}
