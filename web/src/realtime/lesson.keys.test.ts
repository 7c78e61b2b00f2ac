import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStream } from "./fakes.test-support";
import { HeldKeys } from "./keys";
import { live, settle, welcome } from "./lesson.test-support";

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

async function started(mode: "open" | "hold") {
  const all = await live();
  all.lesson.microphone.setMode(mode);
  await all.lesson.start(true);
  const holds = () => all.sockets.flatMap((socket) => socket.ofType("hold"));
  const told = () => holds().map(({ key, held }) => `${key} ${held}`);
  return { ...all, holds, told };
}

describe("the key to talk", () => {
  it("is told when the track is open, and again when the last syllable is out", async () => {
    const { lesson, holds, told } = await started("hold");
    expect(lesson.microphone.live.get()).toBe(false);
    lesson.press();
    expect(holds()).toMatchObject([
      { key: "talk", held: true, engine_session_id: "e1", session_id: "l1" },
    ]);
    lesson.press();
    lesson.release();
    await vi.advanceTimersByTimeAsync(299);
    expect(told()).toEqual(["talk true"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told()).toEqual(["talk true", "talk false"]);
    expect(lesson.microphone.live.get()).toBe(false);
  });

  it("does nothing for who talks freely", async () => {
    const { lesson, told } = await started("open");
    lesson.press();
    lesson.release();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told()).toEqual([]);
    expect(lesson.microphone.live.get()).toBe(true);
  });

  it.each([
    ["the page is left", "letGo"],
    ["the lesson closes", "close"],
    ["the student talks freely now", "talkBy"],
  ] as const)("goes up at once when %s", async (_, how) => {
    const { lesson, told } = await started("hold");
    lesson.press();
    if (how === "talkBy") lesson.talkBy("open");
    else lesson[how]();
    expect(told()).toEqual(["talk true", "talk false"]);
  });

  it("goes up when the socket breaks, and the tutor learns it as soon as there is one again", async () => {
    const all = await started("hold");
    all.lesson.press();
    all.last().break();
    expect(all.lesson.microphone.live.get()).toBe(false);
    expect(all.lesson.status.get()).toBe("reconnecting");
    all.lesson.press();
    expect(all.lesson.microphone.live.get()).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    await welcome(all);
    expect(all.told()).toEqual(["talk true", "talk false"]);
    expect(all.sockets.at(-1)?.ofType("hold")).toHaveLength(1);
  });

  it("is unknown to another engine session", async () => {
    const { lesson, last, holds } = await started("hold");
    lesson.press();
    last().say({
      type: "session_replaced",
      old_engine_session_id: "e1",
      engine_session_id: "e2",
    });
    await settle();
    expect(lesson.microphone.live.get()).toBe(false);
    lesson.press();
    expect(holds().map(({ engine_session_id, held }) => [engine_session_id, held])).toEqual([
      ["e1", true],
      ["e1", false],
      ["e2", true],
    ]);
  });
});

describe("the key to think", () => {
  it("is shown, told, and let go", async () => {
    const { lesson, told } = await started("open");
    lesson.ponder(true);
    expect(lesson.status.get()).toBe("patient");
    expect(lesson.microphone.live.get()).toBe(true);
    lesson.ponder(false);
    expect(lesson.status.get()).toBe("listening");
    expect(told()).toEqual(["think true", "think false"]);
  });

  it("is let go when the student has said it and the tutor thinks", async () => {
    const { lesson, last, told } = await started("open");
    lesson.ponder(true);
    const ids = { engine_session_id: "e1", turn_id: 1 };
    last().say({ type: "turn", state: "listening", ...ids });
    expect(lesson.status.get()).toBe("patient");
    last().say({ type: "turn", state: "thinking", ...ids });
    expect(lesson.status.get()).toBe("thinking");
    expect(told()).toEqual(["think true", "think false"]);
  });

  it("is for who talks freely, in a lesson that has begun", async () => {
    const { lesson, told } = await started("hold");
    lesson.ponder(true);
    const early = await live();
    early.lesson.ponder(true);
    expect(told()).toEqual([]);
    expect(early.lesson.pondering.get()).toBe(false);
  });

  it("does not outlive the socket", async () => {
    const { lesson, last } = await started("open");
    lesson.ponder(true);
    last().break();
    expect(lesson.pondering.get()).toBe(false);
  });
});

describe("HeldKeys", () => {
  it("tells each change once, and what could not be told when asked again", () => {
    let open = true;
    const tell = vi.fn(() => open);
    const keys = new HeldKeys(tell);
    keys.set("talk", false);
    expect(tell).not.toHaveBeenCalled();
    keys.set("talk", true);
    keys.set("talk", true);
    open = false;
    keys.set("talk", false);
    open = true;
    keys.set("talk", false);
    keys.set("talk", false);
    expect(tell.mock.calls).toEqual([
      ["talk", true],
      ["talk", false],
      ["talk", false],
    ]);
    keys.set("think", true);
    keys.forget();
    keys.set("think", false);
    expect(tell).toHaveBeenCalledTimes(4);
  });
});
