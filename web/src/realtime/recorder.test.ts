import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Recorder, type RecorderWiring, recorderMedia } from "./recorder";

class FakeRecorder {
  static made: FakeRecorder[] = [];
  static isTypeSupported = (kind: string) => kind === "audio/webm";
  state = "inactive";
  ondataavailable: ((event: { data: { size: number; name: string } }) => void) | null = null;
  onstop: (() => void) | null = null;
  constructor() {
    FakeRecorder.made.push(this);
  }
  start() {
    this.state = "recording";
  }
  stop() {
    this.state = "inactive";
    this.onstop?.();
  }
  piece(name: string, size = 3) {
    this.ondataavailable?.({ data: { size, name } });
  }
}

class FakeContext {
  static sources: { stream: { track: unknown }; connected: boolean }[] = [];
  createMediaStreamDestination() {
    return { stream: {} };
  }
  createMediaStreamSource(stream: { track: unknown; getAudioTracks(): unknown[] }) {
    const source = { stream, connected: false };
    FakeContext.sources.push(source);
    return {
      mediaStream: stream,
      connect: () => (source.connected = true),
      disconnect: () => (source.connected = false),
    };
  }
  close() {
    return Promise.resolve();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeRecorder.made = [];
  FakeContext.sources = [];
  vi.stubGlobal("MediaRecorder", FakeRecorder);
  vi.stubGlobal("AudioContext", FakeContext);
  vi.stubGlobal(
    "MediaStream",
    class {
      track: unknown;
      constructor(tracks: unknown[]) {
        this.track = tracks[0];
      }
      getAudioTracks() {
        return [this.track];
      }
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function made(change: Partial<RecorderWiring> = {}) {
  const kept: [string, number, unknown][] = [];
  const wiring = {
    begin: vi.fn(() => Promise.resolve("r1")),
    keep: vi.fn((stretch: string, number: number, piece: Blob) => {
      kept.push([stretch, number, (piece as unknown as { name: string }).name]);
      return Promise.resolve();
    }),
    end: vi.fn(() => Promise.resolve()),
    isFinal: (error: unknown) => error === "refused",
    ...change,
  };
  return { recorder: new Recorder(wiring), wiring, kept };
}

const last = () => FakeRecorder.made.at(-1) as FakeRecorder;
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("a recording", () => {
  it("sends its pieces one by one, in order, and ends", async () => {
    const { recorder, wiring, kept } = made();
    await recorder.start();
    expect(recorder.state.get()).toBe("on");
    expect(wiring.begin).toHaveBeenCalledExactlyOnceWith("audio/webm");
    last().piece("a");
    last().piece("", 0);
    last().piece("b");
    recorder.stop();
    await settle();
    expect(kept).toEqual([
      ["r1", 0, "a"],
      ["r1", 1, "b"],
    ]);
    expect(wiring.end).toHaveBeenCalledExactlyOnceWith("r1");
    expect(recorder.state.get()).toBe("off");
  });

  it("mixes both voices, as they come and go", async () => {
    const { recorder } = made();
    const [tutor, student] = [{}, {}] as MediaStreamTrack[];
    recorder.hear({ tutor: tutor ?? null });
    await recorder.start();
    recorder.hear({ tutor: tutor ?? null, student: null });
    recorder.hear({ tutor: tutor ?? null, student: student ?? null });
    expect(FakeContext.sources.map(({ connected }) => connected)).toEqual([true, true]);
    recorder.hear({ tutor: null, student: student ?? null });
    expect(FakeContext.sources.map(({ connected }) => connected)).toEqual([false, true]);
    recorder.stop();
    expect(FakeContext.sources.some(({ connected }) => connected)).toBe(false);
  });

  it("never begins when the student has said no meanwhile", async () => {
    const { recorder, wiring } = made();
    const starting = recorder.start();
    recorder.stop();
    await starting;
    expect(FakeRecorder.made).toEqual([]);
    expect(recorder.state.get()).toBe("off");
    expect(wiring.end).toHaveBeenCalledExactlyOnceWith("r1");
  });

  it("tries a piece again when the network fails", async () => {
    const keep = vi.fn().mockRejectedValueOnce(new Error("offline")).mockResolvedValue(undefined);
    const { recorder } = made({ keep });
    await recorder.start();
    last().piece("a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(keep).toHaveBeenCalledTimes(2);
    expect(recorder.state.get()).toBe("on");
  });

  it("stops at once when the platform refuses, and says so", async () => {
    const { recorder } = made({ keep: () => Promise.reject("refused") });
    await recorder.start();
    last().piece("a");
    await settle();
    expect(recorder.state.get()).toBe("failed");
    expect(last().state).toBe("inactive");
  });

  it("says when this browser cannot", async () => {
    vi.stubGlobal("MediaRecorder", undefined);
    expect(recorderMedia()).toBeNull();
    const { recorder, wiring } = made();
    await recorder.start();
    expect(recorder.state.get()).toBe("failed");
    expect(wiring.begin).not.toHaveBeenCalled();
  });
});
