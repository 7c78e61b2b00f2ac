/** A whole lesson on doubles, for the tests of what it does in peace and in breaks. */
import { vi } from "vitest";
import type { ConnectionWiring } from "./connection";
import { FakeSocket, FakeTrack, PeerMaker } from "./fakes.test-support";
import { Lesson } from "./lesson";
import type { LessonRecord, LessonWiring } from "./wiring";

export const TURN = {
  id: 1,
  role: "user",
  content: "Why?",
  heard: null,
  interrupted: false,
  citations: [],
} as const;
export const RECORD: LessonRecord = { engineSessionId: "e1", turns: [] };

/** A lesson on doubles of everything; `change` replaces parts of its wiring. */
export function lessonWith(change: Partial<LessonWiring & ConnectionWiring> = {}) {
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

export const settle = () => vi.advanceTimersByTimeAsync(0);

/** A lesson whose socket and media are up. */
export async function live(change: Partial<LessonWiring & ConnectionWiring> = {}) {
  const all = lessonWith(change);
  await welcome(all);
  all.last().say({ type: "webrtc_answer", sdp: "answer" });
  await settle();
  all.maker.last.become("connected");
  return all;
}

/** The server opens the newest socket and says hello. */
export async function welcome({ last }: { last: () => FakeSocket }) {
  await settle();
  last().open();
  last().say({ type: "hello" });
  await settle();
}
