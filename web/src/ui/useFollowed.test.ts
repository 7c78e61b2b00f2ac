// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useFollowed } from "./useFollowed";

const POLL_MS = 1_000;
const works = (left: number) => left > 0;

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe("something that is followed", () => {
  it("is asked for until it is made, and once more when somebody looks", async () => {
    const ask = vi.fn<() => Promise<number>>().mockResolvedValueOnce(2).mockResolvedValueOnce(1);
    ask.mockResolvedValue(0);
    const { result } = renderHook(() => useFollowed(ask, works, POLL_MS));
    expect(result.current[0]).toEqual({ state: "loading" });
    await pass(0);
    expect(result.current[0]).toEqual({ state: "ready", value: 2 });
    await pass(POLL_MS);
    await pass(POLL_MS);
    expect(result.current[0]).toEqual({ state: "ready", value: 0 });
    await pass(60 * POLL_MS);
    expect(ask).toHaveBeenCalledTimes(3);
    act(() => result.current[1]());
    await pass(0);
    expect(ask).toHaveBeenCalledTimes(4);
  });

  it("stays shown while it cannot be asked for, and comes back by itself", async () => {
    const ask = vi.fn<() => Promise<number>>().mockResolvedValueOnce(1);
    ask.mockRejectedValueOnce(new Error("away")).mockResolvedValue(0);
    const { result } = renderHook(() => useFollowed(ask, works, POLL_MS));
    await pass(POLL_MS);
    expect(result.current[0]).toEqual({ state: "ready", value: 1 });
    await pass(4 * POLL_MS);
    expect(result.current[0]).toEqual({ state: "ready", value: 0 });
  });

  it("says that it failed when it was never there", async () => {
    const error = new Error("away");
    const ask = vi.fn<() => Promise<number>>().mockRejectedValueOnce(error).mockResolvedValue(0);
    const { result } = renderHook(() => useFollowed(ask, works, POLL_MS));
    await pass(60 * POLL_MS);
    expect(result.current[0]).toEqual({ state: "failed", error });
    expect(ask).toHaveBeenCalledTimes(1);
    act(() => result.current[1]());
    await pass(0);
    expect(result.current[0]).toEqual({ state: "ready", value: 0 });
  });

  it("forgets what it showed when something else is asked for, and drops late answers", async () => {
    let late: (value: number) => void = () => undefined;
    const slow = () => new Promise<number>((resolve) => (late = resolve));
    const quick = async () => 0;
    const { result, rerender } = renderHook(({ ask }) => useFollowed(ask, works, POLL_MS), {
      initialProps: { ask: slow as () => Promise<number> },
    });
    rerender({ ask: quick });
    await pass(0);
    late(7);
    await pass(0);
    expect(result.current[0]).toEqual({ state: "ready", value: 0 });
  });
});
