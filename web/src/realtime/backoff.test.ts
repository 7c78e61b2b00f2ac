import { expect, it } from "vitest";
import { Backoff, DELAYS_MS } from "./backoff";

it("waits longer each time, up to seven seconds", () => {
  const backoff = new Backoff(() => 0);
  const delays = Array.from({ length: 8 }, () => backoff.next());
  expect(delays).toEqual([...DELAYS_MS, 7_000, 7_000]);
  expect(backoff.tried).toBe(8);
});

it("spreads browsers over a second, but not the first two tries", () => {
  const backoff = new Backoff(() => 0.5);
  expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([0, 300, 1_700]);
});

it("begins again after a success", () => {
  const backoff = new Backoff(() => 0);
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.next()).toBe(0);
});
