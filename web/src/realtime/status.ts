/** What the page says about the lesson in one word, from what is known of its parts. */

/** The socket. */
export type Line = "connecting" | "open" | "broken" | "ended" | "elsewhere";

/** Sound and picture. `blocked`: several tries failed; the lesson goes on in writing. */
export type Media = "connecting" | "connected" | "broken" | "blocked";

/** Whose turn it is, as the engine says. */
export type Phase = "idle" | "listening" | "thinking" | "speaking";

export type Status =
  | "connecting"
  | "waiting"
  | "listening"
  | "patient"
  | "thinking"
  | "speaking"
  | "reconnecting"
  | "ended"
  | "elsewhere";

export interface Parts {
  line: Line;
  media: Media;
  started: boolean;
  phase: Phase;
  /** The student's microphone is on. */
  audible: boolean;
  /** The student holds the key to think. */
  pondering: boolean;
}

export function statusOf({ line, media, started, phase, audible, pondering }: Parts): Status {
  if (line === "ended" || line === "elsewhere") return line;
  if (line === "connecting") return "connecting";
  if (line === "broken" || media === "broken") return "reconnecting";
  if (!started) return media === "connecting" ? "connecting" : "waiting";
  // Whose turn it is while the student thinks: theirs, for as long as they like.
  if (pondering && (phase === "listening" || phase === "idle")) return "patient";
  if (phase !== "idle") return phase;
  if (media === "connecting") return "connecting";
  return audible ? "listening" : "waiting";
}
