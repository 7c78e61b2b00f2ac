import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CLOSED, FakeSocket, FakeStream, FakeTrack, PeerMaker } from "./fakes.test-support";
import { Lesson } from "./lesson";
import type { LessonRecord, LessonWiring } from "./wiring";

const TURN = {
  id: 1,
  role: "user",
  content: "Why?",
  heard: null,
  interrupted: false,
  citations: [],
} as const;
const RECORD: LessonRecord = { engineSessionId: "e1", turns: [] };

function lessonWith(change: Partial<LessonWiring> = {}) {
  const sockets: FakeSocket[] = [];
  const maker = new PeerMaker();
  const wiring = {
    address: { userId: "u1", lessonId: "l1", engineSessionId: "e1" },
    turns: [],
    rtc: { iceServers: [] },
    socketUrl: "ws://tutor.test",
    reload: vi.fn(() => Promise.resolve(RECORD)),
    resume: vi.fn(() => Promise.resolve({ ...RECORD, engineSessionId: "e2" })),
    signedOut: vi.fn(),
    openSocket: (url: string) => {
      const made = new FakeSocket(url);
      sockets.push(made);
      return made;
    },
    makePeer: maker.make,
    askMicrophone: () => Promise.resolve(new FakeTrack().asStream()),
    ...change,
  };
  const lesson = new Lesson(wiring);
  lesson.open();
  const last = (): FakeSocket => sockets.at(-1) as FakeSocket;
  return { lesson, wiring, maker, sockets, last };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

async function live(change: Partial<LessonWiring> = {}) {
  const all = lessonWith(change);
  await welcome(all);
  all.last().say({ type: "webrtc_answer", sdp: "answer" });
  await settle();
  all.maker.last.become("connected");
  return all;
}

async function welcome({ last }: { last: () => FakeSocket }) {
  await settle();
  last().open();
  last().say({ type: "hello" });
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.stubGlobal("MediaStream", FakeStream);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("coming in", () => {
  it("offers once the server has spoken, and waits for the student", async () => {
    const all = lessonWith();
    await settle();
    all.last().open();
    expect(all.last().sent).toEqual([]);
    expect(all.lesson.status.get()).toBe("connecting");
    all.last().say({ type: "hello" });
    await settle();
    expect(all.last().sent).toMatchObject([
      { type: "webrtc_offer", user_id: "u1", engine_session_id: "e1" },
    ]);
    all.last().say({ type: "webrtc_answer", sdp: "answer" });
    await settle();
    all.maker.last.become("connected");
    expect(all.lesson.status.get()).toBe("waiting");
    expect(all.lesson.stream.get()).not.toBeNull();
  });

  it("greets once, after the student pressed Start", async () => {
    const { lesson, last } = await live();
    expect(last().ofType("greet")).toEqual([]);
    await lesson.start(true);
    await lesson.start(false);
    expect(last().ofType("greet")).toHaveLength(1);
    expect(lesson.status.get()).toBe("listening");
  });

  it("greets when the picture arrives later than Start", async () => {
    const all = lessonWith();
    await welcome(all);
    await all.lesson.start(false);
    expect(all.last().ofType("greet")).toEqual([]);
    all.maker.last.become("connected");
    expect(all.last().ofType("greet")).toHaveLength(1);
  });

  it("does not greet again in a lesson that goes on", async () => {
    const { lesson, last } = await live({ turns: [TURN] });
    await lesson.start(false);
    expect(last().ofType("greet")).toEqual([]);
    expect(lesson.scene.chat.turns.get()).toHaveLength(1);
  });

  it("goes on in writing when the network lets no picture through", async () => {
    const all = lessonWith();
    await welcome(all);
    await all.lesson.start(false);
    for (const _ of [1, 2, 3]) {
      all.maker.last.become("failed");
      await vi.advanceTimersByTimeAsync(3_000);
    }
    expect(all.lesson.status.get()).toBe("waiting");
    expect(all.last().ofType("greet")).toHaveLength(1);
  });
});

describe("talking", () => {
  it("asks in writing within the lesson, and not with nothing", async () => {
    const { lesson, last } = await live();
    lesson.ask("  ");
    lesson.ask(" Why? ");
    expect(last().ofType("text_webrtc")).toMatchObject([
      { content: "Why?", user_id: "u1", engine_session_id: "e1", session_id: "l1" },
    ]);
  });

  it("follows whose turn it is", async () => {
    const { lesson, last } = await live();
    await lesson.start(true);
    const ids = { engine_session_id: "e1", turn_id: 1 };
    for (const [state, status] of [
      ["thinking", "thinking"],
      ["speaking", "speaking"],
      ["interrupted", "listening"],
    ]) {
      last().say({ type: "turn", state, ...ids });
      expect(lesson.status.get()).toBe(status);
    }
  });

  it("hears nothing of another lesson on the same socket", async () => {
    const { lesson, last } = await live();
    last().say({
      type: "text_delta",
      content: "Not for you",
      engine_session_id: "other",
      turn_id: 1,
    });
    expect(lesson.scene.chat.turns.get()).toEqual([]);
  });

  it("silences the tutor when the student holds to talk", async () => {
    const { lesson, last } = await live();
    await lesson.start(true);
    last().say({ type: "turn", state: "speaking", engine_session_id: "e1", turn_id: 1 });
    lesson.press();
    expect(last().ofType("interrupt")).toHaveLength(1);
    expect(lesson.microphone.mode.get()).toBe("hold");
    expect(lesson.microphone.live.get()).toBe(true);
    lesson.release();
    await vi.advanceTimersByTimeAsync(300);
    expect(lesson.microphone.live.get()).toBe(false);
  });

  it("shows a refusal as the server's sentence until the next question", async () => {
    const { lesson, last } = await live();
    last().say({
      type: "error",
      code: "answer_failed",
      content: "I could not finish.",
      engine_session_id: "e1",
    });
    expect(lesson.scene.notice.get()).toEqual({
      code: "answer_failed",
      content: "I could not finish.",
    });
    lesson.ask("Again?");
    expect(lesson.scene.notice.get()).toBeNull();
  });
});

describe("breaks", () => {
  it("keeps a question typed while the socket is down and sends it once", async () => {
    const all = await live();
    all.last().break();
    expect(all.lesson.status.get()).toBe("reconnecting");
    all.lesson.ask("Still there?");
    await welcome(all);
    expect(all.sockets).toHaveLength(2);
    expect(all.last().ofType("text_webrtc")).toMatchObject([{ content: "Still there?" }]);
    expect(all.last().ofType("webrtc_offer")).toEqual([]);
    expect(all.lesson.status.get()).not.toBe("reconnecting");
  });

  it("does not ask twice what the record already holds", async () => {
    const all = await live({
      reload: () => Promise.resolve({ engineSessionId: "e1", turns: [TURN] }),
    });
    all.lesson.ask("Why?");
    all.last().break();
    await welcome(all);
    expect(all.last().ofType("text_webrtc")).toEqual([]);
    expect(all.lesson.scene.chat.turns.get()).toMatchObject([{ text: "Why?", state: "done" }]);
  });

  it("asks again rather than losing a question when the record cannot be read", async () => {
    const all = await live({ reload: () => Promise.reject(new Error("down")) });
    all.lesson.ask("Why?");
    all.last().break();
    await welcome(all);
    expect(all.last().ofType("text_webrtc")).toHaveLength(1);
  });

  it("moves to the engine session that replaces its own", async () => {
    const { lesson, last, maker } = await live();
    last().say({ type: "session_replaced", old_engine_session_id: "x", engine_session_id: "y" });
    expect(maker.made).toHaveLength(1);
    last().say({ type: "session_replaced", old_engine_session_id: "e1", engine_session_id: "e9" });
    await settle();
    expect(last().ofType("webrtc_offer").at(-1)).toMatchObject({ engine_session_id: "e9" });
    lesson.ask("Here?");
    expect(last().ofType("text_webrtc").at(-1)).toMatchObject({ engine_session_id: "e9" });
  });

  it("resumes by itself when the engine has forgotten the session, and asks again", async () => {
    const { lesson, last, wiring } = await live();
    lesson.ask("Why?");
    last().say({
      type: "error",
      code: "unknown_session",
      content: "ended",
      engine_session_id: "e1",
    });
    await settle();
    expect(wiring.resume).toHaveBeenCalledOnce();
    expect(last().ofType("text_webrtc").at(-1)).toMatchObject({
      content: "Why?",
      engine_session_id: "e2",
    });
  });

  it("says that the lesson has ended when it cannot be resumed", async () => {
    const { lesson, last } = await live({ resume: () => Promise.reject(new Error("full")) });
    last().say({ type: "error", code: "unknown_session", content: "ended" });
    await settle();
    expect(lesson.status.get()).toBe("ended");
  });

  it("sends people to the door when their sign-in is over", async () => {
    const { lesson, last, wiring } = await live();
    last().break(4401);
    expect(wiring.signedOut).toHaveBeenCalledOnce();
    expect(lesson.status.get()).toBe("ended");
  });

  it("renews the media at once when the engine says that they broke", async () => {
    const { lesson, last, maker } = await live();
    last().say({ type: "error", code: "media_failed", content: "Reconnecting." });
    await settle();
    expect(maker.made).toHaveLength(2);
    expect(lesson.status.get()).toBe("reconnecting");
    last().say({ type: "webrtc_answer", sdp: "answer" });
    await settle();
    maker.last.become("connected");
    expect(lesson.scene.notice.get()).toBeNull();
  });

  it("says that the engine is away until it is back", async () => {
    const { lesson, last } = await live();
    last().say({ type: "error", code: "engine_unreachable", content: "We keep trying." });
    expect(lesson.scene.notice.get()?.code).toBe("engine_unreachable");
    last().say({ type: "hello" });
    expect(lesson.scene.notice.get()).toBeNull();
  });

  it("leaves the media to a newer page of the same person", async () => {
    const { lesson, last, maker } = await live();
    lesson.yieldMedia();
    expect(lesson.status.get()).toBe("elsewhere");
    expect(last().readyState).toBe(CLOSED);
    expect(maker.last.closed).toBe(true);
  });

  it("leaves nothing running when it is closed", async () => {
    const { lesson, last, maker, sockets } = await live();
    await lesson.start(true);
    lesson.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(last().readyState).toBe(CLOSED);
    expect(maker.last.closed).toBe(true);
    expect(sockets).toHaveLength(1);
    expect(lesson.microphone.live.get()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
