import { describe, expect, it } from "vitest";
import { QualityMeter, type Reading, readReport } from "./quality";

const zero: Reading = {
  at_ms: 0,
  packets: 0,
  lost: 0,
  jitter_ms: 5,
  rtt_ms: 20,
  fps: 25,
  frames: 0,
  freezes: 0,
  bytes: 0,
};

function judged(change: Partial<Reading>) {
  const meter = new QualityMeter();
  meter.take(zero);
  return meter.take({ ...zero, at_ms: 2_000, packets: 200, frames: 50, bytes: 50_000, ...change });
}

describe("QualityMeter", () => {
  it("says nothing after one reading", () => {
    expect(new QualityMeter().take(zero)).toBeNull();
  });

  it("gives five bars to a good connection and counts per second", () => {
    const good = judged({});
    expect(good?.quality).toEqual({ bars: 5, reason: "good", value: 0 });
    expect(good?.stats).toMatchObject({ bitrate_kbps: 200, frames: 50, fps: 25, loss_percent: 0 });
  });

  it.each([
    [{ lost: 13 }, 2, "loss", 6],
    [{ lost: 3 }, 4, "loss", 1],
    [{ rtt_ms: 350 }, 3, "delay", 350],
    [{ jitter_ms: 130 }, 2, "jitter", 130],
    [{ fps: 9 }, 3, "frames", 9],
    [{ lost: 40, rtt_ms: 200 }, 1, "loss", 17],
  ] as const)("names what costs most: %o", (change, bars, reason, value) => {
    expect(judged(change)?.quality).toEqual({ bars, reason, value });
  });

  it("gives no bar when nothing arrives", () => {
    expect(judged({ packets: 0 })?.quality).toEqual({ bars: 0, reason: "none", value: 0 });
  });

  it("starts over when counters go back", () => {
    const meter = new QualityMeter();
    meter.take({ ...zero, at_ms: 2_000, packets: 500 });
    expect(meter.take({ ...zero, at_ms: 4_000, packets: 10 })).toBeNull();
  });
});

describe("readReport", () => {
  it("sums up streams and takes the nominated pair", () => {
    const reading = readReport(
      [
        {
          type: "inbound-rtp",
          kind: "audio",
          packetsReceived: 100,
          packetsLost: 1,
          bytesReceived: 10,
          jitter: 0.002,
        },
        {
          type: "inbound-rtp",
          kind: "video",
          packetsReceived: 50,
          packetsLost: 2,
          bytesReceived: 90,
          jitter: 0.004,
          framesPerSecond: 25,
          framesDecoded: 70,
          freezeCount: 1,
        },
        { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
        { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.03 },
        { type: "codec" },
      ],
      5,
    );
    expect(reading).toEqual({
      at_ms: 5,
      packets: 150,
      lost: 3,
      jitter_ms: 4,
      rtt_ms: 30,
      fps: 25,
      frames: 70,
      freezes: 1,
      bytes: 100,
    });
  });

  it("survives a report without figures", () => {
    expect(readReport([{ type: "inbound-rtp" }, {}], 0)).toMatchObject({ packets: 0, fps: 0 });
  });
});
