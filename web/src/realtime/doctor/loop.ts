/** Five seconds of a real connection to the engine: loss, jitter, delay and bitrate, as the browser counts them. */
import { QualityMeter, type QualityReason, readReport } from "../quality";
import { type Finding, type FindingCode, finding } from "./findings";

export interface Loop {
  connection: Pick<RTCPeerConnection, "getStats">;
  /** Give it back; a lesson's own connection stays. */
  close(): void;
}

/** Where a connection comes from; a finding when there is none to measure. */
export type OpenLoop = () => Promise<Loop | Finding>;

export const LOOP_MS = 5_000;
const TICK_MS = 250;

const TROUBLES: Record<QualityReason, FindingCode> = {
  good: "loop_ok",
  loss: "loop_loss",
  delay: "loop_delay",
  jitter: "loop_jitter",
  frames: "loop_frames",
  none: "loop_silent",
};

export interface LoopResult {
  found: Finding;
  /** Media go straight to the engine, not through TURN. */
  direct: boolean;
}

export async function checkLoop(
  loop: Loop,
  progress: (share: number) => void,
): Promise<LoopResult> {
  const meter = new QualityMeter();
  const read = async () => {
    const report = await loop.connection.getStats();
    return { entries: [...report.values()] as unknown[], at_ms: performance.now() };
  };
  try {
    const first = await read();
    meter.take(readReport(first.entries, first.at_ms));
    for (let passed = TICK_MS; passed <= LOOP_MS; passed += TICK_MS) {
      await new Promise((done) => setTimeout(done, TICK_MS));
      progress(passed / LOOP_MS);
    }
    const last = await read();
    const measured = meter.take(readReport(last.entries, last.at_ms));
    if (measured === null) return { found: finding("loop_silent"), direct: false };
    const { loss_percent, rtt_ms, jitter_ms, bitrate_kbps, fps } = measured.stats;
    const values = {
      loss: loss_percent ?? 0,
      delay: rtt_ms ?? 0,
      jitter: jitter_ms ?? 0,
      bitrate: bitrate_kbps ?? 0,
      fps: fps ?? 0,
    };
    const { bars, reason } = measured.quality;
    // One bar less is a figure worth showing, not a trouble.
    const code = bars >= 4 ? "loop_ok" : TROUBLES[reason];
    return { found: finding(code, values), direct: isDirect(last.entries) };
  } catch {
    return { found: finding("loop_failed"), direct: false };
  } finally {
    loop.close();
  }
}

type Entry = Record<string, unknown>;

/** Whether the pair in use goes straight to the engine. */
export function isDirect(entries: readonly unknown[]): boolean {
  const all = entries as readonly Entry[];
  const pair = all.find(
    (entry) =>
      entry.type === "candidate-pair" && entry.nominated === true && entry.state === "succeeded",
  );
  const local = all.find((entry) => entry.id !== undefined && entry.id === pair?.localCandidateId);
  return local !== undefined && local.candidateType !== "relay";
}
