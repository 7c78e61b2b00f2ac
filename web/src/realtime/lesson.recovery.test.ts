import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStream } from "./fakes.test-support";
import { live, settle, welcome } from "./lesson.test-support";

const world = new EventTarget();
const online = () => world.dispatchEvent(new Event("online"));

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("addEventListener", world.addEventListener.bind(world));
  vi.stubGlobal("removeEventListener", world.removeEventListener.bind(world));
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function answered(all: Awaited<ReturnType<typeof live>>) {
  all.last().say({ type: "webrtc_answer", sdp: "answer" });
  await settle();
  all.maker.last.become("connected");
  await settle();
}

describe("after a change of the network", () => {
  it("makes a new offer within three seconds, says so, and goes on where it was", async () => {
    const all = await live();
    await all.lesson.start(true);
    all.last().say({ type: "turn", state: "speaking", engine_session_id: "e1", turn_id: 1 });
    online();
    await vi.advanceTimersByTimeAsync(100);
    all.last().say({ type: "pong" });
    await vi.advanceTimersByTimeAsync(2_900);
    expect(all.last().ofType("webrtc_offer")).toHaveLength(2);
    expect(all.lesson.status.get()).toBe("reconnecting");
    expect(all.sockets).toHaveLength(1);
    await answered(all);
    expect(all.lesson.status.get()).toBe("speaking");
    expect(all.lesson.microphone.live.get()).toBe(true);
    expect(all.maker.last.transceivers[1]?.sender.track).not.toBeNull();
    all.lesson.close();
  });

  it("leaves everything as it is when the old way still works", async () => {
    const all = await live();
    let packets = 0;
    all.maker.last.stats = () =>
      new Map([["v", { type: "inbound-rtp", packetsReceived: packets++ }]]);
    online();
    await vi.advanceTimersByTimeAsync(100);
    all.last().say({ type: "pong" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(all.sockets).toHaveLength(1);
    expect(all.maker.made).toHaveLength(1);
    expect(all.lesson.status.get()).toBe("waiting");
    all.lesson.close();
  });
});

describe("after a sleep", () => {
  it("comes back on a new socket with one new offer, once the platform has spoken", async () => {
    const all = await live();
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(2_000);
    await vi.advanceTimersByTimeAsync(2_501);
    expect(all.lesson.status.get()).toBe("reconnecting");
    expect(all.sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(600);
    await welcome(all);
    expect(all.last().ofType("webrtc_offer")).toHaveLength(1);
    await answered(all);
    expect(all.lesson.status.get()).toBe("waiting");
    all.lesson.close();
  });

  it("does not trust a connection that the browser only believes in", async () => {
    const all = await live();
    all.last().break();
    await welcome(all);
    expect(all.last().ofType("webrtc_offer")).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(all.last().ofType("webrtc_offer")).toHaveLength(1);
    all.lesson.close();
  });
});

describe("a network without media", () => {
  it("is said, and no more once they get through", async () => {
    const all = await live();
    for (const _ of [1, 2, 3]) {
      all.maker.last.become("failed");
      await vi.advanceTimersByTimeAsync(3_000);
    }
    expect(all.lesson.blocked.get()).toBe(true);
    expect(all.lesson.connection).toBeNull();
    await answered(all);
    expect(all.lesson.blocked.get()).toBe(false);
    expect(all.lesson.connection).toBe(all.maker.last);
    all.lesson.close();
  });

  it("keeps the engine's word on what it sends until the session is another", async () => {
    const all = await live();
    const sent = { type: "quality", level: "text", reason: "network", engine_session_id: "e1" };
    all.last().say(sent);
    expect(all.lesson.scene.delivery.get()?.level).toBe("text");
    all.last().say({
      type: "session_replaced",
      old_engine_session_id: "e1",
      engine_session_id: "e2",
    });
    expect(all.lesson.scene.delivery.get()).toBeNull();
    all.lesson.close();
  });
});
