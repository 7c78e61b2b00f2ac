import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { say } from "../protocol";
import { Backoff } from "./backoff";
import { CLOSED, FakeSocket } from "./fakes.test-support";
import { LessonSocket, type SocketReader } from "./socket";

const URL = "ws://tutor.test/api/ws/proxy/user/u1";

function opened() {
  const sockets: FakeSocket[] = [];
  const reader = {
    received: vi.fn<SocketReader["received"]>(),
    lost: vi.fn<SocketReader["lost"]>(),
    ended: vi.fn<SocketReader["ended"]>(),
  };
  const socket = new LessonSocket(
    URL,
    reader,
    (url) => {
      const made = new FakeSocket(url);
      sockets.push(made);
      return made;
    },
    new Backoff(() => 0),
  );
  const last = (): FakeSocket => sockets.at(-1) as FakeSocket;
  socket.start();
  vi.advanceTimersByTime(0);
  return { socket, sockets, reader, last };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("LessonSocket", () => {
  it("opens the address and passes on what it can read", () => {
    const { reader, last } = opened();
    expect(last().url).toBe(URL);
    last().open();
    last().say({ type: "hello" });
    last().say("{");
    last().say({ type: "teleport" });
    expect(reader.received).toHaveBeenCalledExactlyOnceWith({ type: "hello" });
  });

  it("sends only while it is open, and says so", () => {
    const { socket, last } = opened();
    expect(socket.send(say.ping())).toBe(false);
    last().open();
    expect(socket.send(say.ping())).toBe(true);
    expect(last().sent).toEqual([{ type: "ping" }]);
  });

  it("comes back, slower each time, until a server speaks", () => {
    const { sockets, reader, last } = opened();
    for (const delay of [300, 1_200, 2_700]) {
      const before = sockets.length;
      last().break();
      vi.advanceTimersByTime(delay - 1);
      expect(sockets).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(sockets).toHaveLength(before + 1);
    }
    expect(reader.lost).toHaveBeenCalledTimes(3);
    last().open();
    last().say({ type: "hello" });
    last().break();
    vi.advanceTimersByTime(0);
    expect(sockets).toHaveLength(5);
  });

  it.each([
    [4401, "signed_out"],
    [4404, "unknown"],
  ] as const)("does not come back after %i", (code, reason) => {
    const { sockets, reader, last } = opened();
    last().open();
    last().break(code);
    vi.advanceTimersByTime(60_000);
    expect(reader.ended).toHaveBeenCalledWith(reason);
    expect(sockets).toHaveLength(1);
  });

  it("comes back after 4429, which means too many for now", () => {
    const { sockets, last } = opened();
    last().open();
    last().break(4429);
    vi.advanceTimersByTime(300);
    expect(sockets).toHaveLength(2);
  });

  it("pings, and takes long silence for a break", () => {
    const { reader, last } = opened();
    const first = last();
    first.open();
    vi.advanceTimersByTime(10_000);
    expect(first.ofType("ping")).toHaveLength(1);
    first.say({ type: "pong" });
    vi.advanceTimersByTime(20_000);
    expect(reader.lost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(reader.lost).toHaveBeenCalledOnce();
    expect(first.readyState).toBe(CLOSED);
  });

  it("hurries when the network is back", () => {
    const { socket, sockets, last } = opened();
    for (const delay of [300, 1_200, 2_700]) {
      last().break();
      vi.advanceTimersByTime(delay);
    }
    last().break();
    socket.hurry();
    vi.advanceTimersByTime(0);
    expect(sockets).toHaveLength(5);
    socket.hurry();
    vi.advanceTimersByTime(0);
    expect(sockets).toHaveLength(5);
  });

  it("gives up a socket that does not open", () => {
    const { sockets, reader } = opened();
    vi.advanceTimersByTime(8_000);
    expect(reader.lost).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(300);
    expect(sockets).toHaveLength(2);
  });

  it("in doubt asks at once, and breaks when nobody answers", () => {
    const { socket, reader, last } = opened();
    last().open();
    vi.advanceTimersByTime(100);
    socket.doubt();
    expect(last().ofType("ping")).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    last().say({ type: "pong" });
    vi.advanceTimersByTime(2_000);
    expect(reader.lost).not.toHaveBeenCalled();
    socket.doubt();
    vi.advanceTimersByTime(2_500);
    expect(reader.lost).toHaveBeenCalledOnce();
  });

  it("in doubt without a socket comes back at once", () => {
    const { socket, sockets, last } = opened();
    for (const delay of [300, 1_200]) {
      last().break();
      vi.advanceTimersByTime(delay);
    }
    last().break();
    socket.doubt();
    vi.advanceTimersByTime(0);
    expect(sockets).toHaveLength(4);
  });

  it("stays closed once it is closed", () => {
    const { socket, sockets, reader, last } = opened();
    last().open();
    socket.close();
    socket.hurry();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(reader.lost).not.toHaveBeenCalled();
  });
});
