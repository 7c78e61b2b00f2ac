import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CLOSED, FakeSocket } from "../fakes.test-support";
import { checkSocket } from "./line";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function begun() {
  const socket = new FakeSocket("ws://tutor.test");
  return { socket, found: checkSocket(() => socket) };
}

async function ponged(trip_ms: number) {
  const { socket, found } = begun();
  socket.open();
  for (let sent = 1; sent <= 5; sent++) {
    expect(socket.ofType("ping")).toHaveLength(sent);
    socket.say({ type: "hello" });
    await vi.advanceTimersByTimeAsync(trip_ms);
    socket.say({ type: "pong" });
  }
  return { socket, found: await found };
}

it("measures the way there and back", async () => {
  const { socket, found } = await ponged(40);
  expect(found).toMatchObject({ code: "socket_ok", values: { ms: 40 } });
  expect(socket.readyState).toBe(CLOSED);
});

it("says when messages are slow", async () => {
  expect((await ponged(700)).found).toMatchObject({ code: "socket_slow", values: { ms: 700 } });
});

it.each([
  [4401, "socket_signed_out"],
  [4429, "socket_full"],
  [1006, "socket_blocked"],
])("understands close code %i", async (close, code) => {
  const { socket, found } = begun();
  socket.break(close);
  expect((await found).code).toBe(code);
});

it("does not wait for ever for a socket that does not open", async () => {
  const { socket, found } = begun();
  await vi.advanceTimersByTimeAsync(6_000);
  expect((await found).code).toBe("socket_blocked");
  expect(socket.readyState).toBe(CLOSED);
});

it("notices a socket that swallows messages", async () => {
  const { socket, found } = begun();
  socket.open();
  await vi.advanceTimersByTimeAsync(3_000);
  expect((await found).code).toBe("socket_silent");
});

it("is told when the lesson server is away", async () => {
  const { socket, found } = begun();
  socket.open();
  socket.say({ type: "error", code: "engine_unreachable", content: "We keep trying." });
  expect((await found).code).toBe("engine_away");
});
