import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakePeer, PeerMaker } from "../fakes.test-support";
import type { Finding } from "./findings";
import { GATHER_MS } from "./gathering";
import { checkTurn, checkUdp, type Reach } from "./paths";

const REACH: Reach = {
  iceServers: [],
  iceTransportPolicy: "all",
  publicIp: "203.0.113.10",
  port: 10110,
  pageHost: "tutor.test",
};
const NOW_MS = 1_800_000_000_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Let the checked connection live through `story`, then wait as long as a check may. */
async function told<T>(
  begin: (make: PeerMaker["make"]) => Promise<T>,
  story: (peer: FakePeer, index: number) => void,
): Promise<{ result: T; maker: PeerMaker }> {
  const maker = new PeerMaker();
  const running = begin(maker.make);
  await vi.advanceTimersByTimeAsync(0);
  maker.made.forEach(story);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  const result = await running;
  return { result, maker };
}

const udp = (story: (peer: FakePeer) => void, change: Partial<Reach> = {}) =>
  told((make) => checkUdp(make, { ...REACH, ...change }), story);

describe("the direct way", () => {
  it("is open when the media port says how it sees the browser", async () => {
    const { result, maker } = await udp((peer) => {
      peer.gathered("host");
      peer.gathered("srflx");
    });
    expect(result).toMatchObject({
      code: "udp_ok",
      values: { host: "203.0.113.10", port: 10110 },
    });
    expect(maker.last.config).toEqual({ iceServers: [{ urls: "stun:203.0.113.10:10110" }] });
    expect(maker.last.closed).toBe(true);
  });

  it.each<[string, (peer: FakePeer) => void, Partial<Reach>, string]>([
    ["nobody answers", (peer) => peer.gathered("host"), {}, "udp_blocked"],
    [
      "nobody answers a guessed address",
      (peer) => peer.gathered("host"),
      { publicIp: null },
      "udp_unsure",
    ],
    [
      "the server is on the same machine",
      (peer) => peer.gathered("host"),
      { publicIp: null, pageHost: "localhost" },
      "udp_local",
    ],
    [
      "no NAT lies in between",
      (peer) => {
        peer.gathered("host");
        peer.gathered(null);
      },
      {},
      "udp_ok",
    ],
    ["the browser has no address at all", (peer) => peer.gathered(null), {}, "udp_off"],
    [
      "the name is unknown",
      (peer) => {
        peer.gathered("host");
        peer.refused(701, "STUN host lookup received error.");
      },
      {},
      "udp_name",
    ],
    [
      "the port refuses in the end",
      (peer) => {
        peer.gathered("host");
        peer.refused(701, "STUN binding request timed out.");
        peer.gathered(null);
      },
      {},
      "udp_blocked",
    ],
  ])("when %s", async (_, story, change, code) => {
    const { result } = await udp(story, change);
    expect(result.code).toBe(code);
  });

  it("is asked for at the page's host when there is no public address, and writes IPv6 right", async () => {
    const guessed = await udp((peer) => peer.gathered("srflx"), { publicIp: null });
    expect(guessed.maker.last.config.iceServers).toEqual([{ urls: "stun:tutor.test:10110" }]);
    const six = await udp((peer) => peer.gathered("srflx"), { publicIp: "2001:db8::1" });
    expect(six.maker.last.config.iceServers).toEqual([{ urls: "stun:[2001:db8::1]:10110" }]);
  });

  it("is not asked for where everything goes through TURN", async () => {
    const { result, maker } = await udp(() => undefined, { iceTransportPolicy: "relay" });
    expect(result.code).toBe("udp_unused");
    expect(maker.made).toHaveLength(0);
  });

  it("counts a connection that cannot even begin as blocked", async () => {
    const maker = new PeerMaker();
    const make = (config: RTCConfiguration) => {
      const peer = maker.make(config);
      vi.spyOn(maker.last, "createOffer").mockRejectedValue(new Error("no"));
      return peer;
    };
    expect((await checkUdp(make, REACH)).code).toBe("udp_blocked");
    expect(maker.last.closed).toBe(true);
  });
});

const URL = "turn:turn.test:3478?transport=tcp";
const login = (username: string) => ({ urls: [URL], username, credential: "secret" });

const turn = (story: (peer: FakePeer, index: number) => void, servers: RTCIceServer[]) =>
  told((make) => checkTurn(make, { ...REACH, iceServers: servers }, () => NOW_MS), story);

async function only(
  story: (peer: FakePeer) => void,
  username = `${NOW_MS / 1_000 + 600}:student`,
): Promise<Finding | undefined> {
  const { result } = await turn(story, [login(username)]);
  expect(result).toHaveLength(1);
  return result[0];
}

describe("the detour", () => {
  it("is forced, each address on its own", async () => {
    const servers = [{ urls: "stun:stun.test" }, { ...login("u"), urls: [URL, "turns:turn.test"] }];
    const { result, maker } = await turn(
      (peer, index) => (index === 0 ? peer.gathered("relay") : peer.refused(508)),
      servers,
    );
    expect(maker.made.map(({ config }) => config)).toEqual([
      {
        iceServers: [{ urls: URL, username: "u", credential: "secret" }],
        iceTransportPolicy: "relay",
      },
      {
        iceServers: [{ urls: "turns:turn.test", username: "u", credential: "secret" }],
        iceTransportPolicy: "relay",
      },
    ]);
    expect(result.map(({ code }) => code)).toEqual(["turn_ok", "turn_full"]);
    expect(maker.made.every(({ closed }) => closed)).toBe(true);
  });

  it.each([
    [401, "turn_wrong"],
    [403, "turn_forbidden"],
    [486, "turn_quota"],
    [508, "turn_full"],
    [701, "turn_unreachable"],
    [437, "turn_other"],
  ])("refused with %i", async (error, code) => {
    const found = await only((peer) => peer.refused(error));
    expect(found).toMatchObject({ code, values: { url: URL } });
  });

  it("tells run-out credentials from wrong ones", async () => {
    const found = await only((peer) => peer.refused(401), `${NOW_MS / 1_000 - 1}:student`);
    expect(found?.code).toBe("turn_expired");
  });

  it("believes a refusal in words more than a network card without a way", async () => {
    const found = await only((peer) => {
      peer.refused(701);
      peer.refused(486);
    });
    expect(found?.code).toBe("turn_quota");
  });

  it("works when one network card gets through", async () => {
    const found = await only((peer) => {
      peer.refused(701);
      peer.gathered("relay");
    });
    expect(found?.code).toBe("turn_ok");
  });

  it("may say nothing at all", async () => {
    expect((await only(() => undefined))?.code).toBe("turn_silent");
  });

  it("may have an address that the browser does not take", async () => {
    const refusing = () => {
      throw new DOMException("", "SyntaxError");
    };
    const reach = { ...REACH, iceServers: [login("u")] };
    expect(await checkTurn(refusing, reach)).toMatchObject([{ code: "turn_other" }]);
  });

  it("need not exist", async () => {
    const { result } = await turn(() => undefined, [{ urls: "stun:stun.test" }]);
    expect(result.map(({ code }) => code)).toEqual(["turn_none"]);
  });
});
