/** What the page says about the lesson in one word, from what is known of its parts. */

/** The socket. */
export type Line = "connecting" | "open" | "broken" | "ended";

/** Sound and picture. `blocked`: several tries failed; the lesson goes on in writing. */
export type Media = "connecting" | "connected" | "broken" | "blocked";

/** Whose turn it is, as the engine says. */
export type Phase = "idle" | "listening" | "thinking" | "speaking";

export type Status =
  | "connecting"
  | "waiting"
  | "listening"
  | "thinking"
  | "speaking"
  | "reconnecting"
  | "ended";

export function statusOf(line: Line, media: Media, started: boolean, phase: Phase): Status {
  if (line === "ended") return "ended";
  if (line === "connecting") return "connecting";
  if (line === "broken" || media === "broken") return "reconnecting";
  if (!started) return media === "connecting" ? "connecting" : "waiting";
  if (phase === "thinking" || phase === "speaking") return phase;
  return media === "connecting" ? "connecting" : "listening";
}
