import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakePeer } from "../fakes.test-support";
import { CONNECT_MS, rehearse } from "./rehearsal";

let peer: FakePeer;
const make = (config: RTCConfiguration) => {
  peer = new FakePeer(config, "check");
  return peer as unknown as RTCPeerConnection;
};
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a connection without a lesson", () => {
  it("asks for picture and sound, sends nothing, and is measured once it is up", async () => {
    const answer = vi.fn().mockResolvedValue("their answer");
    const opening = rehearse(make, { iceTransportPolicy: "relay" }, answer);
    await settle();
    expect(answer).toHaveBeenCalledExactlyOnceWith("offer of check");
    expect(peer.config).toMatchObject({ iceTransportPolicy: "relay", bundlePolicy: "max-bundle" });
    expect(peer.transceivers.map(({ kind, direction }) => [kind, direction])).toEqual([
      ["video", "recvonly"],
      ["audio", "recvonly"],
    ]);
    expect(peer.remote).toBe("their answer");
    peer.become("connecting");
    peer.become("connected");
    const loop = await opening;
    expect(loop).toHaveProperty("connection", peer);
    expect(peer.closed).toBe(false);
    if ("close" in loop) loop.close();
    expect(peer.closed).toBe(true);
  });

  it.each(["failed", "closed"] as const)("that ends as %s is a finding", async (state) => {
    const opening = rehearse(make, {}, () => Promise.resolve("answer"));
    await settle();
    peer.become(state);
    expect(await opening).toMatchObject({ code: "loop_failed" });
    expect(peer.closed).toBe(true);
  });

  it("that never comes about is one as well", async () => {
    const opening = rehearse(make, {}, () => Promise.resolve("answer"));
    await vi.advanceTimersByTimeAsync(CONNECT_MS);
    expect(await opening).toMatchObject({ code: "loop_failed" });
    expect(peer.closed).toBe(true);
  });

  it("waits its turn when others check, and says when the engine is away", async () => {
    expect(await rehearse(make, {}, () => Promise.resolve(null))).toMatchObject({
      code: "loop_busy",
    });
    expect(peer.closed).toBe(true);
    const away = rehearse(make, {}, () => Promise.reject(new Error("away")));
    expect(await away).toMatchObject({ code: "loop_failed" });
  });
});
