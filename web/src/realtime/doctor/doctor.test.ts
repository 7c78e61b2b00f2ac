import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakePeer, FakeSocket, FakeTrack } from "../fakes.test-support";
import { Doctor, type Tools } from "./doctor";
import { finding } from "./findings";
import { QuietSounds } from "./sounds.test-support";

const FACTS = { webrtc: true, secure: true, video: ["video/VP8"], audio: ["audio/opus"] };
const PAIR = {
  type: "candidate-pair",
  nominated: true,
  state: "succeeded",
  localCandidateId: "l",
};

/** A socket that answers at once. */
class Answering extends FakeSocket {
  override send(data: string): void {
    super.send(data);
    queueMicrotask(() => this.say({ type: "pong" }));
  }
}

/** A connection that is answered at once. */
class Reached extends FakePeer {
  override async setLocalDescription(description: { type: string; sdp: string }) {
    await super.setLocalDescription(description);
    this.gathered("srflx");
  }
}

function openLoop() {
  let share = 0;
  const getStats = () => {
    share += 1;
    return Promise.resolve(
      new Map<string, object>([
        ["v", { type: "inbound-rtp", kind: "video", packetsReceived: 500 * share }],
        ["p", PAIR],
        ["l", { id: "l", type: "local-candidate", candidateType: "host" }],
      ]),
    );
  };
  const connection = { getStats } as unknown as RTCPeerConnection;
  return Promise.resolve({ connection, close: () => undefined });
}

function doctorWith(change: Partial<Tools> = {}, audible = true) {
  const sounds = new QuietSounds(Array(20).fill(0.05));
  sounds.audible = audible;
  const tools: Tools = {
    facts: FACTS,
    sounds,
    askMicrophone: () => Promise.resolve(new FakeTrack().asStream()),
    makePeer: (config) => new Reached(config, "check") as unknown as RTCPeerConnection,
    openSocket: () => {
      const socket = new Answering("ws://tutor.test");
      queueMicrotask(() => socket.open());
      return socket;
    },
    reach: () =>
      Promise.resolve({
        iceServers: [],
        iceTransportPolicy: "all",
        publicIp: "203.0.113.10",
        port: 10110,
        pageHost: "tutor.test",
      }),
    openLoop,
    ...change,
  };
  const doctor = new Doctor(tools);
  return { doctor, sounds, running: doctor.run() };
}

const stateOf = (doctor: Doctor, name: string) =>
  doctor.steps.get().find((step) => step.name === name)?.state;
const codes = (doctor: Doctor) => doctor.findings.map(({ code }) => code);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Doctor", () => {
  it("looks at the network while the student tries microphone and speaker", async () => {
    const { doctor, sounds, running } = doctorWith();
    expect(codes(doctor)).toEqual(["browser_ok", "secure_ok"]);
    await vi.advanceTimersByTimeAsync(300);
    expect(doctor.level.get()).toBeGreaterThan(0.4);
    expect(stateOf(doctor, "loop")).toBe("running");
    await vi.advanceTimersByTimeAsync(6_000);
    expect(doctor.verdict.get()).toBeNull();
    expect(stateOf(doctor, "speaker")).toBe("asking");
    doctor.say("again");
    await vi.advanceTimersByTimeAsync(0);
    expect(sounds.chimes).toBe(2);
    doctor.say("yes");
    await running;
    expect(codes(doctor)).toEqual([
      "browser_ok",
      "secure_ok",
      "microphone_ok",
      "speaker_ok",
      "socket_ok",
      "udp_live",
      "turn_none",
      "loop_ok",
    ]);
    expect(doctor.verdict.get()).toBe("ready");
    expect(sounds.closed).toBe(true);
  });

  it("takes no for an answer", async () => {
    const { doctor, running } = doctorWith();
    await vi.advanceTimersByTimeAsync(6_000);
    doctor.say("no");
    await running;
    expect(codes(doctor)).toContain("speaker_unheard");
    expect(doctor.verdict.get()).toBe("weak");
  });

  it("goes on when the student skips an unanswered question for the microphone", async () => {
    const { doctor } = doctorWith({ askMicrophone: () => new Promise(() => undefined) });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(stateOf(doctor, "microphone")).toBe("running");
    doctor.skipMicrophone();
    await vi.advanceTimersByTimeAsync(0);
    expect(codes(doctor)).toContain("microphone_skipped");
    expect(stateOf(doctor, "speaker")).toBe("asking");
  });

  it("does not ask for a microphone that the browser will not give", async () => {
    const askMicrophone = vi.fn();
    const { doctor } = doctorWith({ facts: { ...FACTS, secure: false }, askMicrophone });
    await vi.advanceTimersByTimeAsync(0);
    expect(codes(doctor)).toContain("microphone_insecure");
    expect(askMicrophone).not.toHaveBeenCalled();
  });

  it("says that the browser keeps the sound off", async () => {
    const { doctor, sounds, running } = doctorWith({}, false);
    await vi.advanceTimersByTimeAsync(6_000);
    await running;
    expect(codes(doctor)).toContain("speaker_blocked");
    expect(sounds.chimes).toBe(0);
  });

  it("does without what it cannot learn", async () => {
    const { doctor } = doctorWith({
      reach: () => Promise.reject(new Error("down")),
      openLoop: () => Promise.reject(new Error("down")),
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(codes(doctor)).toEqual(expect.arrayContaining(["udp_config", "loop_failed"]));
    expect(stateOf(doctor, "turn")).toBe("done");
  });

  it("tries no media in a browser that has none", async () => {
    const openLoop = vi.fn();
    const { doctor } = doctorWith({ facts: { ...FACTS, webrtc: false }, openLoop });
    await vi.advanceTimersByTimeAsync(6_000);
    doctor.say("yes");
    await vi.advanceTimersByTimeAsync(0);
    expect(openLoop).not.toHaveBeenCalled();
    expect(doctor.verdict.get()).toBe("impossible");
  });

  it("passes on why there is nothing to measure, and keeps what the port said", async () => {
    const { doctor } = doctorWith({ openLoop: () => Promise.resolve(finding("loop_busy")) });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(codes(doctor)).toEqual(expect.arrayContaining(["udp_ok", "loop_busy"]));
  });

  it("tells nobody anything once it is closed, and leaves nothing open", async () => {
    const { doctor, sounds, running } = doctorWith();
    await vi.advanceTimersByTimeAsync(200);
    doctor.close();
    const before = doctor.steps.get();
    await vi.advanceTimersByTimeAsync(10_000);
    await running;
    expect(doctor.steps.get()).toBe(before);
    expect(doctor.verdict.get()).toBeNull();
    expect(sounds).toMatchObject({ ears: 0, closed: true, chimes: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });
});
