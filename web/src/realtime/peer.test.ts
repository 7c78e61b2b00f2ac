import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStream, PeerMaker } from "./fakes.test-support";
import { Peer } from "./peer";

const CONFIG: RTCConfiguration = { iceServers: [], iceTransportPolicy: "all" };

function wired() {
  const maker = new PeerMaker();
  const wiring = {
    offer: vi.fn(),
    candidate: vi.fn(),
    stream: vi.fn(),
    connected: vi.fn(),
    broken: vi.fn(),
  };
  return { maker, wiring, peer: new Peer(CONFIG, wiring, maker.make, () => 0) };
}

async function connected() {
  const all = wired();
  await all.peer.connect();
  await all.peer.answered("answer");
  all.maker.last.become("connected");
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaStream", FakeStream);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("Peer", () => {
  it("offers a picture to receive and a place for the microphone, in one bundle", async () => {
    const { maker, wiring, peer } = wired();
    await peer.connect();
    expect(maker.last.config).toEqual({ ...CONFIG, bundlePolicy: "max-bundle" });
    expect(maker.last.transceivers.map(({ kind, direction }) => [kind, direction])).toEqual([
      ["video", "recvonly"],
      ["audio", "sendrecv"],
    ]);
    expect(maker.last.transceivers[1]?.sender.track).toBeNull();
    expect(wiring.offer).toHaveBeenCalledExactlyOnceWith("offer of 1");
  });

  it("takes the answer and shows the stream once connected", async () => {
    const { maker, wiring, peer } = await connected();
    expect(maker.last.remote).toBe("answer");
    expect(wiring.stream).toHaveBeenCalledOnce();
    expect(wiring.connected).toHaveBeenCalledOnce();
    expect(peer.isConnected).toBe(true);
  });

  it("passes candidates on, and the end of them", async () => {
    const { maker, wiring, peer } = wired();
    await peer.connect();
    maker.last.onicecandidate?.({ candidate: { toJSON: () => ({ sdpMid: "0" }) } });
    maker.last.onicecandidate?.({ candidate: null });
    expect(wiring.candidate.mock.calls).toEqual([[{ sdpMid: "0" }], [null]]);
  });

  it("takes the engine's candidates and ignores unreadable ones", async () => {
    const { maker, peer } = wired();
    await peer.connect();
    await peer.remoteCandidate({ candidate: "c" });
    await expect(peer.remoteCandidate("bad" as RTCIceCandidateInit)).resolves.toBeUndefined();
    expect(maker.last.candidates).toEqual([{ candidate: "c" }]);
  });

  it("speaks without a second offer, and again after a reconnection", async () => {
    const { maker, wiring, peer } = await connected();
    const track = {} as MediaStreamTrack;
    await peer.speakWith(track);
    expect(maker.last.transceivers[1]?.sender.track).toBe(track);
    expect(wiring.offer).toHaveBeenCalledOnce();
    await peer.connect();
    expect(maker.made).toHaveLength(2);
    expect(maker.last.transceivers[1]?.sender.track).toBe(track);
  });

  it("forgives a break of less than two seconds", async () => {
    const { maker, wiring } = await connected();
    maker.last.become("disconnected");
    await vi.advanceTimersByTimeAsync(1_900);
    maker.last.become("connected");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(wiring.broken).not.toHaveBeenCalled();
    expect(maker.made).toHaveLength(1);
  });

  it("makes a new connection after a longer break and keeps the old picture until it is up", async () => {
    const { maker, wiring, peer } = await connected();
    const [first] = maker.made;
    maker.last.become("disconnected");
    await vi.advanceTimersByTimeAsync(2_001);
    expect(wiring.broken).toHaveBeenCalledExactlyOnceWith(0);
    expect(wiring.offer).toHaveBeenLastCalledWith("offer of 2");
    expect(first?.closed).toBe(false);
    await peer.answered("answer 2");
    maker.last.become("connected");
    expect(first?.closed).toBe(true);
    expect(wiring.stream).toHaveBeenCalledTimes(2);
  });

  it("renews at once when the connection failed", async () => {
    const { maker, wiring } = await connected();
    maker.last.become("failed");
    await vi.advanceTimersByTimeAsync(0);
    expect(wiring.offer).toHaveBeenCalledTimes(2);
  });

  it("gives up a connection that never comes up, closes it, and counts", async () => {
    const { maker, wiring, peer } = wired();
    await peer.connect();
    await vi.advanceTimersByTimeAsync(12_000);
    await vi.advanceTimersByTimeAsync(12_300);
    expect(wiring.broken.mock.calls).toEqual([[0], [1]]);
    expect(maker.made[0]?.closed).toBe(true);
  });

  it("does not give an old answer to a new offer", async () => {
    const { maker, peer } = wired();
    await peer.connect();
    await peer.connect();
    await peer.answered("answer 1");
    expect(maker.made.map(({ remote }) => remote)).toEqual([null, null]);
    await peer.answered("answer 2");
    expect(maker.made.map(({ remote }) => remote)).toEqual([null, "answer 2"]);
    await peer.answered("answer nobody asked for");
    expect(maker.last.remote).toBe("answer 2");
  });

  it("does not wait for the answer to an offer that was refused", async () => {
    const { maker, wiring, peer } = wired();
    await peer.connect();
    await vi.advanceTimersByTimeAsync(12_001);
    expect(wiring.offer).toHaveBeenLastCalledWith("offer of 2");
    await peer.answered("answer 2");
    expect(maker.last.remote).toBe("answer 2");
  });

  it("rests while the socket is down, and forgets its offers", async () => {
    const { maker, wiring, peer } = wired();
    await peer.connect();
    peer.rest();
    await vi.advanceTimersByTimeAsync(60_000);
    await peer.answered("too late");
    expect(maker.last.remote).toBeNull();
    expect(wiring.broken).not.toHaveBeenCalled();
  });

  it("renews when the answer cannot be read", async () => {
    const { maker, wiring, peer } = wired();
    await peer.connect();
    maker.last.refuses = true;
    await peer.answered("nonsense");
    expect(wiring.broken).toHaveBeenCalledOnce();
  });

  describe("in doubt", () => {
    const arrived = (packetsReceived: number) => () =>
      new Map([["v", { type: "inbound-rtp", packetsReceived }]]);

    it("keeps a connection on which something arrives", async () => {
      const { maker, wiring, peer } = await connected();
      let packets = 0;
      maker.last.stats = () => arrived(packets++)();
      void peer.doubt();
      await vi.advanceTimersByTimeAsync(5_000);
      expect(wiring.broken).not.toHaveBeenCalled();
    });

    it("takes the answer to an ICE check for life, when no media are sent", async () => {
      const { maker, wiring, peer } = await connected();
      let answers = 0;
      maker.last.stats = () =>
        new Map([["p", { type: "candidate-pair", responsesReceived: answers }]]);
      void peer.doubt();
      await vi.advanceTimersByTimeAsync(2_400);
      answers = 1;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(wiring.broken).not.toHaveBeenCalled();
    });

    it("does not take packets for life that had waited while the machine slept", async () => {
      const { maker, wiring, peer } = await connected();
      let packets = 70;
      maker.last.stats = () => arrived(packets)();
      void peer.doubt();
      await vi.advanceTimersByTimeAsync(10);
      packets = 300;
      await vi.advanceTimersByTimeAsync(3_000);
      expect(wiring.broken).toHaveBeenCalledOnce();
    });

    it("offers anew within three seconds when nothing arrives any more", async () => {
      const { maker, wiring, peer } = await connected();
      maker.last.stats = arrived(70);
      void peer.doubt();
      void peer.doubt();
      await vi.advanceTimersByTimeAsync(2_700);
      expect(peer.isConnected).toBe(true);
      await vi.advanceTimersByTimeAsync(300);
      expect(wiring.offer).toHaveBeenCalledTimes(2);
      expect(wiring.broken).toHaveBeenCalledOnce();
      expect(peer.isConnected).toBe(false);
    });

    it("does not wait for the rest of the delay when it was broken already", async () => {
      const { maker, wiring, peer } = await connected();
      for (const _ of [1, 2, 3, 4]) {
        maker.last.become("failed");
        await vi.advanceTimersByTimeAsync(5_000);
      }
      maker.last.become("failed");
      const offers = wiring.offer.mock.calls.length;
      await peer.doubt();
      await vi.advanceTimersByTimeAsync(0);
      expect(wiring.offer).toHaveBeenCalledTimes(offers + 1);
    });

    it("lets a connection come up that has only begun", async () => {
      const { maker, peer } = wired();
      await peer.doubt();
      await peer.connect();
      await peer.doubt();
      await vi.advanceTimersByTimeAsync(2_900);
      expect(maker.made).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(200);
      await peer.doubt();
      await vi.advanceTimersByTimeAsync(0);
      expect(maker.made).toHaveLength(2);
    });

    it("takes a connection that cannot be read for dead", async () => {
      const { maker, wiring, peer } = await connected();
      maker.last.stats = () => {
        throw new Error("closed");
      };
      void peer.doubt();
      await vi.advanceTimersByTimeAsync(400);
      expect(wiring.broken).toHaveBeenCalledOnce();
    });

    it("goes on with a connection that comes back by itself before the next is made", async () => {
      const { maker, wiring, peer } = await connected();
      const [first] = maker.made;
      for (const _ of [1, 2]) {
        maker.last.become("failed");
        await vi.advanceTimersByTimeAsync(0);
      }
      expect(maker.made).toHaveLength(2);
      maker.last.become("connected");
      await vi.advanceTimersByTimeAsync(10_000);
      expect(maker.made).toHaveLength(2);
      expect(peer.isConnected).toBe(true);
      expect(first?.closed).toBe(true);
      expect(wiring.connected).toHaveBeenCalledTimes(2);
    });
  });

  it("closes everything and stays closed", async () => {
    const { maker, peer } = await connected();
    peer.close();
    peer.renew();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(maker.made.every(({ closed }) => closed)).toBe(true);
    expect(maker.made).toHaveLength(1);
  });
});
