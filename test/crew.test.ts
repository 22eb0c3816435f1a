import { expect, test } from "vitest";
import { Crew } from "../cli/crew";
import type { Hand } from "../cli/hand";
import type { Common } from "../cli/scoring";

/** Threads that take a while for each task, and count what they were given. */
function threads(count: number, milliseconds: number) {
  const given = Array(count).fill(0);
  const hands = given.map((_, n) => ({
    begin() {},
    async ask() {
      given[n]++;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return { kept: false, size: 0 };
    },
    async end() {},
  }));
  // Stand-ins, which have no worker.
  return { given, hands: hands as unknown as Hand[] };
}

const casesOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ item: `${n}`, pred: `${n}`, target: `${n}` }));

test.each([
  [10, 8, 2],
  [9, 8, 2],
  [23, 8, 3],
])("%i cases are shared out between %i threads before any has several", async (cases, jobs, most) => {
  const { given, hands } = threads(jobs, 5),
    crew = new Crew(undefined, {} as Common, jobs, hands);
  let told = 0;
  await crew.look(
    casesOf(cases),
    () => told++,
    () => {},
  );
  expect(told).toBe(cases);
  expect(Math.min(...given)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...given)).toBeLessThanOrEqual(most);
});

test("of many cases each thread has some beforehand", async () => {
  const { given, hands } = threads(2, 5),
    crew = new Crew(undefined, {} as Common, 2, hands),
    done = crew.look(
      casesOf(40),
      () => {},
      () => {},
    );
  await new Promise((resolve) => setImmediate(resolve));
  expect(given).toEqual([3, 3]);
  await done;
  expect(given[0] + given[1]).toBe(40);
});
