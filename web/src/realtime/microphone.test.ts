import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeTrack } from "./fakes.test-support";
import { Microphone } from "./microphone";

function microphone(ask?: () => Promise<MediaStream>) {
  const track = new FakeTrack();
  const attach = vi.fn(() => Promise.resolve());
  const wishes = vi.fn(ask ?? (() => Promise.resolve(track.asStream())));
  return { track, attach, wishes, microphone: new Microphone(attach, wishes) };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Microphone", () => {
  it("asks for a clean voice, once, and speaks with it", async () => {
    const { microphone: mic, wishes, attach, track } = microphone();
    await Promise.all([mic.request(), mic.request()]);
    expect(wishes).toHaveBeenCalledExactlyOnceWith({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    expect(attach).toHaveBeenCalledExactlyOnceWith(track);
    expect(mic.state.get()).toBe("ready");
    expect(mic.live.get()).toBe(true);
  });

  it.each([
    [new DOMException("", "NotAllowedError"), "refused"],
    [new DOMException("", "NotFoundError"), "missing"],
    [new TypeError("insecure"), "missing"],
  ])("says why there is none: %s", async (error, state) => {
    const { microphone: mic, attach } = microphone(() => Promise.reject(error));
    await mic.request();
    expect(mic.state.get()).toBe(state);
    expect(mic.live.get()).toBe(false);
    expect(attach).not.toHaveBeenCalled();
  });

  it("can be asked again after a refusal", async () => {
    const track = new FakeTrack();
    const answers = [
      () => Promise.reject(new DOMException("", "NotAllowedError")),
      () => Promise.resolve(track.asStream()),
    ];
    const { microphone: mic } = microphone(
      () => (answers.shift() ?? answers[0])?.() as Promise<MediaStream>,
    );
    await mic.request();
    await mic.request();
    expect(mic.state.get()).toBe("ready");
  });

  it("lets nothing out while held mode is not held, and keeps the last syllable", async () => {
    const { microphone: mic, track } = microphone();
    mic.setMode("hold");
    await mic.request();
    expect(track.enabled).toBe(false);
    mic.press();
    expect(track.enabled).toBe(true);
    mic.release();
    expect(track.enabled).toBe(true);
    vi.advanceTimersByTime(299);
    expect(track.enabled).toBe(true);
    vi.advanceTimersByTime(1);
    expect(track.enabled).toBe(false);
    expect(mic.live.get()).toBe(false);
  });

  it("is pressed only while it can be heard: open before it says so, shut before it says not", async () => {
    const { microphone: mic, track } = microphone();
    const told: [boolean, boolean][] = [];
    mic.pressed.subscribe(() => told.push([mic.pressed.get(), track.enabled]));
    mic.press();
    expect(told).toEqual([]);
    mic.shut();
    mic.setMode("hold");
    await mic.request();
    mic.press();
    mic.release();
    vi.advanceTimersByTime(300);
    mic.press();
    mic.shut();
    expect(told).toEqual([
      [true, true],
      [false, false],
      [true, true],
      [false, false],
    ]);
  });

  it.each([
    ["is unplugged", ({ track }: ReturnType<typeof microphone>) => track.onended?.()],
    ["closes", ({ microphone: mic }: ReturnType<typeof microphone>) => mic.close()],
    ["opens", ({ microphone: mic }: ReturnType<typeof microphone>) => mic.setMode("open")],
  ])("is not pressed any more when it %s", async (_, happen) => {
    const all = microphone();
    all.microphone.setMode("hold");
    await all.microphone.request();
    all.microphone.press();
    happen(all);
    expect(all.microphone.pressed.get()).toBe(false);
    all.microphone.setMode("hold");
    expect(all.microphone.live.get()).toBe(false);
  });

  it("goes on when it is pressed again within the last syllable", async () => {
    const { microphone: mic, track } = microphone();
    mic.setMode("hold");
    await mic.request();
    mic.press();
    mic.release();
    mic.press();
    vi.advanceTimersByTime(1_000);
    expect(track.enabled).toBe(true);
  });

  it("notices that it was unplugged", async () => {
    const { microphone: mic, track, attach } = microphone();
    await mic.request();
    track.onended?.();
    expect(mic.state.get()).toBe("missing");
    expect(attach).toHaveBeenLastCalledWith(null);
  });

  it("stops the device when the lesson closes", async () => {
    const { microphone: mic, track } = microphone();
    await mic.request();
    mic.close();
    expect(track.stopped).toBe(true);
    expect(mic.live.get()).toBe(false);
  });
});
