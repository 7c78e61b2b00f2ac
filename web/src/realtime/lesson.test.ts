import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStream } from "./fakes.test-support";
import { lessonWith, live, settle, TURN, welcome } from "./lesson.test-support";

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

  it("knows which languages are understood when they are spoken", async () => {
    const { lesson, last } = await live();
    expect(lesson.scene.hears.get()).toBeNull();
    last().say({ type: "hello", capabilities: { hears: ["en", 5] } });
    expect(lesson.scene.hears.get()).toEqual(["en"]);
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
    lesson.talkBy("hold");
    last().say({ type: "turn", state: "speaking", engine_session_id: "e1", turn_id: 1 });
    lesson.press();
    expect(last().ofType("interrupt")).toHaveLength(1);
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
