/**
 * What the student is told of the connection: the browser's own statistics and the engine's word on how it
 * sends, as one judgement. The engine knows what gets lost on the way out and of the student's voice, and when
 * it sends less on purpose; the browser knows the rest.
 */
import type { Quality as Sent } from "../protocol";
import type { Quality } from "./quality";

export type Level = Sent["level"];

/** Why less is sent than could be. */
export type Cause = "loss" | "slow" | "narrow" | "host";

export type Delivery =
  /** Everything is sent; what is measured is all there is to say. */
  | { level: "full"; bars: Quality["bars"]; reason: Quality["reason"] | "voice"; value: number }
  | { level: Exclude<Level, "full">; bars: Quality["bars"]; cause: Cause; value: number };

/** A lesson that is cut down is never shown as a good one. */
const MOST_BARS = { reduced: 3, still: 2, text: 1 } as const;
/** Shares and delays from which on they are worth naming as the cause. */
const LOSS = 0.01;
const SLOW_MS = 300;
const VOICE_LOSS = 0.05;
/** Half of this is guessed by the tutor, the rest is asked again. */
const BAD_VOICE_LOSS = 0.15;

/** Null while neither has spoken. */
export function delivered(measured: Quality | null, sent: Sent | null): Delivery | null {
  const level = sent?.level ?? "full";
  if (sent === null || level === "full") {
    if (measured === null) return null;
    return voiceLost(sent, measured) ?? { level: "full", ...measured };
  }
  const bars = Math.min(measured?.bars ?? 5, MOST_BARS[level]) as Quality["bars"];
  return { level, bars, ...causeOf(sent, measured) };
}

function causeOf(sent: Sent, measured: Quality | null): { cause: Cause; value: number } {
  if (sent.reason === "host") return { cause: "host", value: 0 };
  const percent = Math.round((sent.loss_out ?? 0) * 100);
  if ((sent.loss_out ?? 0) >= LOSS) return { cause: "loss", value: Math.max(1, percent) };
  if (measured?.reason === "loss") return { cause: "loss", value: measured.value };
  const delay = sent.rtt_ms ?? 0;
  if (delay >= SLOW_MS) return { cause: "slow", value: Math.round(delay) };
  if (measured?.reason === "delay") return { cause: "slow", value: measured.value };
  return { cause: "narrow", value: 0 };
}

/** The picture may be fine while the tutor hears only half of what the student says. */
function voiceLost(sent: Sent | null, measured: Quality): Delivery | null {
  const lost = sent?.loss_in ?? 0;
  const bars = lost >= BAD_VOICE_LOSS ? 2 : 3;
  if (lost < VOICE_LOSS || measured.bars < bars) return null;
  return { level: "full", bars, reason: "voice", value: Math.round(lost * 100) };
}
