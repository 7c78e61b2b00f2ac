/** The platform's models under the names that the pages use. */
import type { LessonView, PersonView, TurnView, TutorBrief, TutorView } from "./generated";

export type * from "./generated";

export type Id = string;
export type Person = PersonView;
export type Role = Person["role"];
export type Language = Person["language"];
export type Tutor = TutorView;
export type LessonBody = LessonView;
export type RecordTurn = TurnView;
export type { Finding as ServerFinding, WebRTCConfig as RtcConfig } from "./generated";
export type { TutorBrief };

/** How a tutor teaches. */
export type Mode = Tutor["mode"];
export const MODES: readonly Mode[] = ["explain", "socratic", "quiz", "practice"];
