import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection } from "./connection";
import { FakeSocket, FakeStream, FakeTrack, PeerMaker } from "./fakes.test-support";
import { Lesson } from "./lesson";
import { RECORD, settle, TURN } from "./lesson.test-support";
import type { LessonWiring } from "./wiring";

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

/** One person's connection, up, with the first lesson on it. */
async function person() {
  const sockets: FakeSocket[] = [];
  const maker = new PeerMaker();
  const track = new FakeTrack();
  const wiring = {
    rtc: { iceServers: [] },
    socketUrl: "ws://tutor.test",
    signedOut: vi.fn(),
    openSocket: (url: string) => {
      const made = new FakeSocket(url);
      sockets.push(made);
      return made;
    },
    makePeer: maker.make,
    askMicrophone: () => Promise.resolve(track.asStream()),
  };
  const connection = new Connection(wiring);
  const lesson = (name: string, change: Partial<LessonWiring> = {}) =>
    new Lesson(
      {
        ...wiring,
        address: { userId: "u1", lessonId: `l-${name}`, engineSessionId: `e-${name}` },
        turns: [],
        reload: () => Promise.resolve({ ...RECORD, engineSessionId: `e-${name}` }),
        resume: () => Promise.resolve({ ...RECORD, engineSessionId: `e-${name}` }),
        ...change,
      },
      connection,
    );
  const ada = lesson("ada");
  ada.open();
  await settle();
  const socket = () => sockets.at(-1) as FakeSocket;
  socket().open();
  socket().say({ type: "hello" });
  await settle();
  socket().say({ type: "webrtc_answer", sdp: "answer" });
  await settle();
  maker.last.become("connected");
  await ada.start(true);
  return { connection, ada, lesson, socket, sockets, maker, track };
}

describe("several lessons of one person", () => {
  it("turn to another tutor without a new socket, peer or offer", async () => {
    const { connection, ada, lesson, socket, sockets, maker } = await person();
    for (const name of ["bo", "ming", "chris"]) {
      ada.close();
      const next = lesson(name);
      next.open();
      expect(next.status.get()).toBe("listening");
      expect(next.stream.get()).toBe(ada.stream.get());
      expect(socket().ofType("greet").slice(-2)).toMatchObject([
        { silent: true, engine_session_id: `e-${name}` },
        { engine_session_id: `e-${name}`, session_id: `l-${name}` },
      ]);
      next.close();
    }
    expect(connection.offers).toBe(1);
    expect(sockets).toHaveLength(1);
    expect(maker.made).toHaveLength(1);
    expect(socket().ofType("webrtc_offer")).toHaveLength(1);
  });

  it("say nothing by themselves in a lesson that goes on", async () => {
    const { ada, lesson, socket } = await person();
    ada.close();
    lesson("bo", { turns: [TURN] }).open();
    expect(socket().ofType("greet").at(-1)).toMatchObject({
      silent: true,
      engine_session_id: "e-bo",
    });
  });

  it("stop the tutor that is left, and ask the new one only", async () => {
    const { ada, lesson, socket } = await person();
    ada.close();
    expect(socket().ofType("interrupt").at(-1)).toMatchObject({ engine_session_id: "e-ada" });
    const bo = lesson("bo");
    bo.open();
    bo.ask("Why?");
    expect(socket().ofType("text_webrtc")).toMatchObject([{ engine_session_id: "e-bo" }]);
    const late = { engine_session_id: "e-ada", turn_id: 1 };
    socket().say({ type: "text_delta", content: "Late", ...late });
    socket().say({ type: "error", code: "media_failed", content: "no", ...late });
    expect(bo.scene.chat.turns.get()).toHaveLength(1);
    expect(bo.status.get()).toBe("listening");
  });

  it("hear nothing of the student while no tutor is in front", async () => {
    const { connection, ada, lesson, track } = await person();
    expect(track.enabled).toBe(true);
    ada.close();
    expect(track.enabled).toBe(false);
    expect(connection.microphone.live.get()).toBe(false);
    lesson("bo").open();
    expect(track.enabled).toBe(true);
  });

  it("let go of a held key before they turn", async () => {
    const { ada, lesson, socket } = await person();
    ada.talkBy("hold");
    ada.press();
    ada.close();
    lesson("bo").open();
    const holds = socket().ofType("hold");
    expect(holds).toMatchObject([
      { held: true, engine_session_id: "e-ada" },
      { held: false, engine_session_id: "e-ada" },
    ]);
  });

  it("come back after a break with the lesson that is in front", async () => {
    const { ada, lesson, socket, maker } = await person();
    ada.close();
    const bo = lesson("bo");
    bo.open();
    socket().break();
    expect(bo.status.get()).toBe("reconnecting");
    await settle();
    socket().open();
    socket().say({ type: "hello" });
    maker.last.become("failed");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(socket().ofType("webrtc_offer").at(-1)).toMatchObject({ engine_session_id: "e-bo" });
  });

  it("are not usable after another page has taken the media", async () => {
    const { connection, ada } = await person();
    ada.yieldMedia();
    expect([ada.status.get(), connection.usable]).toEqual(["elsewhere", false]);
  });

  it("end when the time of the lesson is over, and the others go on", async () => {
    const { ada, lesson, socket } = await person();
    const over = { type: "error", code: "time_over", content: "Over.", engine_session_id: "e-ada" };
    socket().say(over);
    expect(ada.status.get()).toBe("ended");
    expect(ada.scene.notice.get()?.content).toBe("Over.");
    ada.close();
    const bo = lesson("bo");
    bo.open();
    expect(bo.status.get()).toBe("listening");
  });
});
