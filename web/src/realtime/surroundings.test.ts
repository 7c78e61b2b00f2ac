// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Surroundings } from "./surroundings";

const network = new EventTarget();
const changed = vi.fn();
const surroundings = new Surroundings(changed);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { connection: network });
  changed.mockClear();
  surroundings.watch();
});

afterEach(() => {
  surroundings.leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const pageshow = (persisted: boolean) => {
  const event = new Event("pageshow");
  Object.assign(event, { persisted });
  dispatchEvent(event);
};

it.each<[string, () => void, number]>([
  ["the network is back", () => dispatchEvent(new Event("online")), 1],
  ["it is another network", () => network.dispatchEvent(new Event("change")), 1],
  ["the page was put away as a whole", () => pageshow(true), 1],
  ["the page is shown for the first time", () => pageshow(false), 0],
  ["the page is visible again", () => document.dispatchEvent(new Event("visibilitychange")), 1],
])("when %s", (_, happen, times) => {
  happen();
  expect(changed).toHaveBeenCalledTimes(times);
});

it("hears nothing when the page goes to the background", () => {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(changed).not.toHaveBeenCalled();
});

it("notices that the machine has slept, and not that timers are a little late", () => {
  vi.advanceTimersByTime(60_000);
  expect(changed).not.toHaveBeenCalled();
  vi.setSystemTime(Date.now() + 600_000);
  vi.advanceTimersByTime(2_000);
  expect(changed).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(60_000);
  expect(changed).toHaveBeenCalledOnce();
});

it("leaves nothing behind", () => {
  surroundings.leave();
  dispatchEvent(new Event("online"));
  network.dispatchEvent(new Event("change"));
  vi.setSystemTime(Date.now() + 600_000);
  vi.advanceTimersByTime(10_000);
  expect(changed).not.toHaveBeenCalled();
});
