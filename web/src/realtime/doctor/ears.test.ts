import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeTrack } from "../fakes.test-support";
import { checkMicrophone, meter } from "./ears";
import { QuietSounds } from "./sounds.test-support";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function listened(levels: readonly number[], skip = false) {
  const track = new FakeTrack();
  const sounds = new QuietSounds(levels);
  const shown: number[] = [];
  const running = checkMicrophone({
    ask: () => Promise.resolve(track.asStream()),
    sounds,
    show: (level) => shown.push(level),
    skipped: () => skip,
  });
  await vi.advanceTimersByTimeAsync(10_000);
  return { found: await running, track, shown, sounds };
}

describe("the microphone", () => {
  it("is good once a voice was heard for a moment, and is let go", async () => {
    const { found, track, shown, sounds } = await listened([0.001, ...Array(6).fill(0.05)]);
    expect(found).toMatchObject({
      code: "microphone_ok",
      values: { device: "Built-in microphone" },
    });
    expect(shown).toHaveLength(8);
    expect(shown.at(-1)).toBe(0);
    expect(track.stopped).toBe(true);
    expect(sounds.ears).toBe(0);
  });

  it.each([
    [Array(100).fill(0.01), "microphone_quiet"],
    [Array(100).fill(0.0002), "microphone_silent"],
    [[0.3, ...Array(99).fill(0.003)], "microphone_ok"],
  ])("is judged by the loudest moment", async (levels, code) => {
    expect((await listened(levels)).found.code).toBe(code);
  });

  it("can be skipped", async () => {
    const { found, track } = await listened([0.001], true);
    expect(found.code).toBe("microphone_skipped");
    expect(track.stopped).toBe(true);
  });

  it.each([
    [new DOMException("", "NotAllowedError"), "microphone_refused"],
    [new DOMException("", "NotReadableError"), "microphone_busy"],
    [new DOMException("", "NotFoundError"), "microphone_missing"],
    [new Error("no"), "microphone_missing"],
  ])("may be refused: %s", async (error, code) => {
    const found = await checkMicrophone({
      ask: () => Promise.reject(error),
      sounds: new QuietSounds([]),
      show: () => undefined,
      skipped: () => false,
    });
    expect(found.code).toBe(code);
  });
});

it("shows speech in the middle of the meter", () => {
  expect(meter(0)).toBe(0);
  expect(meter(0.03)).toBeGreaterThan(0.4);
  expect(meter(0.1)).toBeLessThan(0.8);
  expect(meter(1)).toBe(1);
});
