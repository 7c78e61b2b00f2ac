/** How good the connection is: 0 to 5 bars and the one reason that costs most, from WebRTC statistics. */

export type QualityReason = "good" | "loss" | "delay" | "jitter" | "frames" | "none";

export interface Quality {
  bars: 0 | 1 | 2 | 3 | 4 | 5;
  reason: QualityReason;
  /** The figure of the reason: percent, milliseconds or frames per second. */
  value: number;
}

export const NO_QUALITY: Quality = { bars: 0, reason: "none", value: 0 };

/** What one reading of `RTCPeerConnection.getStats()` tells; counters since the start. */
export interface Reading {
  at_ms: number;
  packets: number;
  lost: number;
  jitter_ms: number;
  rtt_ms: number;
  fps: number;
  frames: number;
  freezes: number;
  bytes: number;
}

/** From this much on, a figure costs so many bars. */
const COSTS: Record<"loss" | "delay" | "jitter", readonly (readonly [number, number])[]> = {
  loss: [
    [12, 4],
    [6, 3],
    [3, 2],
    [1, 1],
  ],
  delay: [
    [900, 4],
    [500, 3],
    [300, 2],
    [180, 1],
  ],
  jitter: [
    [120, 3],
    [60, 2],
    [30, 1],
  ],
};

/** Below this many frames per second a face no longer looks alive. */
const LEAST_FPS = 15;

export interface Measured {
  quality: Quality;
  /** Goes to the engine as `client_stats`. */
  stats: Record<string, number | string>;
}

export class QualityMeter {
  private last: Reading | null = null;

  reset(): void {
    this.last = null;
  }

  /** Judge the time since the previous reading; null on the first one. */
  take(reading: Reading): Measured | null {
    const last = this.last;
    this.last = reading;
    if (last === null || reading.at_ms <= last.at_ms || reading.packets < last.packets) return null;
    const seconds = (reading.at_ms - last.at_ms) / 1_000;
    const arrived = reading.packets - last.packets;
    const lost = Math.max(0, reading.lost - last.lost);
    const loss = arrived + lost === 0 ? 0 : (100 * lost) / (arrived + lost);
    const quality =
      arrived === 0 ? NO_QUALITY : judge(loss, reading.rtt_ms, reading.jitter_ms, reading.fps);
    return {
      quality,
      stats: {
        bars: quality.bars,
        reason: quality.reason,
        loss_percent: round(loss),
        rtt_ms: round(reading.rtt_ms),
        jitter_ms: round(reading.jitter_ms),
        fps: round(reading.fps),
        bitrate_kbps: round(((reading.bytes - last.bytes) * 8) / 1_000 / seconds),
        frames: reading.frames - last.frames,
        freezes: reading.freezes - last.freezes,
      },
    };
  }
}

function judge(loss: number, delay: number, jitter: number, fps: number): Quality {
  let worst: { cost: number; reason: QualityReason; value: number } = {
    cost: 0,
    reason: "good",
    value: 0,
  };
  const figures = { loss, delay, jitter };
  for (const reason of ["loss", "delay", "jitter"] as const) {
    const cost = COSTS[reason].find(([from]) => figures[reason] >= from)?.[1] ?? 0;
    if (cost > worst.cost) worst = { cost, reason, value: Math.round(figures[reason]) };
  }
  if (fps > 0 && fps < LEAST_FPS && worst.cost < 2) {
    worst = { cost: 2, reason: "frames", value: Math.round(fps) };
  }
  return { bars: (5 - worst.cost) as Quality["bars"], reason: worst.reason, value: worst.value };
}

const round = (value: number): number => Math.round(value * 10) / 10;

type Entry = Record<string, unknown> & { type: string };

/** Sum up a browser's report. */
export function readReport(entries: Iterable<unknown>, at_ms: number): Reading {
  const reading: Reading = {
    at_ms,
    packets: 0,
    lost: 0,
    jitter_ms: 0,
    rtt_ms: 0,
    fps: 0,
    frames: 0,
    freezes: 0,
    bytes: 0,
  };
  const number = (value: unknown): number => (typeof value === "number" ? value : 0);
  for (const raw of entries) {
    const entry = raw as Entry;
    if (entry.type === "inbound-rtp") {
      reading.packets += number(entry.packetsReceived);
      reading.lost += number(entry.packetsLost);
      reading.bytes += number(entry.bytesReceived);
      reading.jitter_ms = Math.max(reading.jitter_ms, number(entry.jitter) * 1_000);
      if (entry.kind === "video") {
        reading.fps = number(entry.framesPerSecond);
        reading.frames = number(entry.framesDecoded);
        reading.freezes = number(entry.freezeCount);
      }
    } else if (entry.type === "candidate-pair" && entry.nominated === true) {
      reading.rtt_ms = Math.max(reading.rtt_ms, number(entry.currentRoundTripTime) * 1_000);
    }
  }
  return reading;
}
