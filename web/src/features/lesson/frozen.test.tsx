// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Lesson } from "../../realtime";
import { Store } from "../../realtime/store";
import { useFrozen } from "./useFrozen";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function face() {
  const status = new Store<ReturnType<Lesson["status"]["get"]>>("speaking");
  const counted = { frames: 10 };
  const video = { getVideoPlaybackQuality: () => ({ totalVideoFrames: counted.frames }) };
  const shown = renderHook(() =>
    useFrozen({ status } as unknown as Lesson, { current: video as unknown as HTMLVideoElement }),
  );
  const passes = (ms: number) => act(() => vi.advanceTimersByTime(ms));
  return { status, counted, passes, frozen: () => shown.result.current };
}

it("leaves a still picture alone while the line is there", () => {
  const { passes, frozen } = face();
  passes(10_000);
  expect(frozen()).toBe(false);
});

it("keeps the moving face when only the socket broke", () => {
  const { status, counted, passes, frozen } = face();
  act(() => status.set("reconnecting"));
  for (let second = 0; second < 5; second += 1) {
    counted.frames += 25;
    passes(1_000);
  }
  expect(frozen()).toBe(false);
});

it("takes a stopped face away until pictures come again", () => {
  const { status, counted, passes, frozen } = face();
  act(() => status.set("reconnecting"));
  passes(1_000);
  expect(frozen()).toBe(false);
  passes(600);
  expect(frozen()).toBe(true);
  act(() => status.set("waiting"));
  expect(frozen()).toBe(true);
  counted.frames += 25;
  passes(1_600);
  expect(frozen()).toBe(false);
});
