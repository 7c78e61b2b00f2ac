import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CLOSED, FakeStream } from "./fakes.test-support";
import { live, RECORD, settle, TURN, welcome } from "./lesson.test-support";

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

  it("says that the engine is away until it is back, and what is typed goes to the platform", async () => {
    const { lesson, last } = await live();
    await lesson.start(false);
    last().say({ type: "turn", state: "speaking", engine_session_id: "e1", turn_id: 1 });
    last().say({ type: "error", code: "engine_unreachable", content: "We keep trying." });
    expect(lesson.scene.notice.get()?.code).toBe("engine_unreachable");
    expect(lesson.status.get()).toBe("reconnecting");
    lesson.ask("Why?");
    expect(last().ofType("text_webrtc")).toHaveLength(1);
    last().say({ type: "hello" });
    expect(lesson.scene.notice.get()).toBeNull();
    expect(lesson.status.get()).toBe("waiting");
  });

  it("does not ask again what the platform asks in the new session", async () => {
    const reload = () => Promise.resolve({ engineSessionId: "e9", turns: [TURN] });
    const { lesson, last } = await live({ reload });
    last().say({ type: "error", code: "engine_unreachable", content: "We keep trying." });
    lesson.ask("Why?");
    last().say({ type: "session_replaced", old_engine_session_id: "e1", engine_session_id: "e9" });
    last().say({ type: "hello" });
    await settle();
    expect(last().ofType("text_webrtc")).toHaveLength(1);
    const asked = { type: "transcription", content: "Why?", final: true, source: "text" };
    last().say({ ...asked, engine_session_id: "e9", turn_id: 1 });
    expect(lesson.scene.chat.turns.get()).toMatchObject([{ role: "student", text: "Why?" }]);
  });

  it("makes no offers while the engine is away", async () => {
    const { last, maker } = await live();
    last().say({ type: "error", code: "engine_unreachable", content: "We keep trying." });
    maker.last.become("failed");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(maker.made).toHaveLength(1);
    last().say({ type: "hello" });
    await settle();
    expect(maker.made).toHaveLength(2);
  });

  it("offers again when an offer was refused, and troubles nobody with it", async () => {
    const { lesson, last, maker } = await live();
    last().say({ type: "error", code: "media_failed", content: "Reconnecting." });
    await settle();
    last().say({ type: "error", code: "bad_sdp", content: "Reload the page." });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(maker.made).toHaveLength(3);
    expect(lesson.scene.notice.get()?.code).toBe("media_failed");
  });

  it("goes on in the session that replaced its own while the socket was down", async () => {
    const all = await live({ reload: () => Promise.resolve({ ...RECORD, engineSessionId: "e5" }) });
    all.last().break();
    all.lesson.ask("Still there?");
    await welcome(all);
    expect(all.last().ofType("webrtc_offer")).toMatchObject([{ engine_session_id: "e5" }]);
    expect(all.last().ofType("text_webrtc")).toMatchObject([{ engine_session_id: "e5" }]);
  });

  it("goes on once an ended lesson could be resumed after all", async () => {
    const resume = vi.fn(() => Promise.resolve(RECORD)).mockRejectedValueOnce(new Error("full"));
    const { lesson, last } = await live({ resume });
    last().say({ type: "error", code: "unknown_session", content: "ended" });
    await settle();
    expect(lesson.status.get()).toBe("ended");
    await lesson.goOn();
    expect(lesson.status.get()).toBe("waiting");
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
