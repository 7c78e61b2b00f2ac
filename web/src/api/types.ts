/** Bodies of the platform's HTTP interface, as far as this page reads them. */
import type { Citation } from "../protocol";

export type Id = string | number;
export type Language = "en" | "zh";
/** How a tutor teaches. */
export type Mode = "explain" | "socratic" | "quiz" | "practice";
export const MODES: readonly Mode[] = ["explain", "socratic", "quiz", "practice"];

export interface Person {
  id: Id;
  username: string;
  name: string;
  role: "admin" | "teacher" | "student";
  language: Language;
  tenant: { id: Id; name: string };
}

export interface DocumentSummary {
  id: Id;
  title: string;
  kind: string;
  /** Null until the engine has read the document. */
  pages: number | null;
}

export interface Tutor {
  id: Id;
  name: string;
  language: Language;
  subject: string;
  summary: string;
  greeting: string;
  poster_url: string | null;
  /** How it teaches unless the student chooses another way. */
  mode: Mode;
  /** A lesson begins with a key to hold for talking. */
  push_to_talk: boolean;
  documents: readonly DocumentSummary[];
}

export interface RecordTurn {
  id: Id;
  seq: number;
  role: "user" | "assistant";
  content: string;
  heard: string | null;
  interrupted: boolean;
  citations: readonly Citation[];
  choices: readonly string[];
  source: string | null;
  created_at: string;
}

export type TutorBrief = Pick<Tutor, "id" | "name" | "language" | "subject" | "poster_url">;

export interface LessonSummary {
  id: Id;
  tutor: TutorBrief;
  mode: Mode;
  started_at: string;
  ended_at: string | null;
  turn_count: number;
  first_question: string | null;
}

export interface LessonBody {
  id: Id;
  tutor: Tutor;
  mode: Mode;
  started_at: string;
  ended_at: string | null;
  engine_session_id: string | null;
  turns: readonly RecordTurn[];
}

export interface DocumentBody extends DocumentSummary {
  tutor_id: Id;
}

/** One thing that the lesson server's examination looked at; the words are the engine's own. */
export interface ServerFinding {
  check: string;
  status: "ok" | "note" | "warning" | "error";
  seen: string;
  why: string;
  mend: string;
}

export interface RtcConfig {
  iceServers: { urls: string[]; username?: string | null; credential?: string | null }[];
  iceTransportPolicy: "all" | "relay";
  /** The engine's public address; null when it announces its own ones. */
  public_ip: string | null;
  /** UDP port of the first media worker. */
  port_min: number;
  port_max: number;
}
