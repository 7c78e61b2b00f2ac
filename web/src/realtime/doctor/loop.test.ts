import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkLoop, isDirect, LOOP_MS } from "./loop";

interface Arriving {
  packets: number;
  lost: number;
  rtt_s?: number;
  jitter_s?: number;
  fps?: number;
}

const PAIR = {
  id: "p",
  type: "candidate-pair",
  nominated: true,
  state: "succeeded",
  localCandidateId: "l",
};
const LOCAL = { id: "l", type: "local-candidate", candidateType: "prflx" };

/** Statistics of a connection on which this arrives in five seconds. */
function statsOf({ packets, lost, rtt_s = 0.02, jitter_s = 0.004, fps = 25 }: Arriving) {
  let share = 0;
  return () => {
    const entries = [
      {
        id: "v",
        type: "inbound-rtp",
        kind: "video",
        packetsReceived: packets * share,
        packetsLost: lost * share,
        bytesReceived: packets * share * 1_000,
        jitter: jitter_s,
        framesPerSecond: fps,
      },
      { ...PAIR, currentRoundTripTime: rtt_s },
      LOCAL,
    ];
    share = 1;
    return Promise.resolve(new Map(entries.map((entry) => [entry.id, entry])));
  };
}

async function looped(getStats: () => Promise<Map<string, object>>) {
  const close = vi.fn();
  const shares: number[] = [];
  const connection = { getStats } as unknown as RTCPeerConnection;
  const running = checkLoop({ connection, close }, (share) => shares.push(share));
  await vi.advanceTimersByTimeAsync(LOOP_MS);
  return { ...(await running), close, shares };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("five seconds of a lesson", () => {
  it("are measured, with progress, and the connection is given back", async () => {
    const { found, direct, close, shares } = await looped(statsOf({ packets: 500, lost: 0 }));
    expect(found).toMatchObject({
      code: "loop_ok",
      status: "ok",
      values: { loss: 0, delay: 20, jitter: 4, bitrate: 800, fps: 25 },
    });
    expect(direct).toBe(true);
    expect(close).toHaveBeenCalledOnce();
    expect(shares.at(-1)).toBe(1);
  });

  it.each([
    [{ packets: 500, lost: 6 }, "loop_ok"],
    [{ packets: 450, lost: 50 }, "loop_loss"],
    [{ packets: 500, lost: 0, rtt_s: 0.6 }, "loop_delay"],
    [{ packets: 500, lost: 0, jitter_s: 0.09 }, "loop_jitter"],
    [{ packets: 500, lost: 0, fps: 9 }, "loop_frames"],
    [{ packets: 0, lost: 0 }, "loop_silent"],
  ])("with %o are %s", async (arriving, code) => {
    expect((await looped(statsOf(arriving))).found.code).toBe(code);
  });

  it("fail with the connection", async () => {
    const { found, close } = await looped(() => Promise.reject(new Error("closed")));
    expect(found.code).toBe("loop_failed");
    expect(close).toHaveBeenCalledOnce();
  });
});

describe("the pair in use", () => {
  it.each([
    [[PAIR, LOCAL], true],
    [[PAIR, { ...LOCAL, candidateType: "relay" }], false],
    [[{ ...PAIR, nominated: false }, LOCAL], false],
    [[PAIR], false],
  ])("%o", (entries, direct) => {
    expect(isDirect(entries)).toBe(direct);
  });
});
