/** What a live lesson needs from the page around it; tests put their own socket and media in. */
import type { Address } from "../protocol";
import type { RecordedTurn } from "./chat";

export interface LessonRecord {
  engineSessionId: string;
  turns: readonly RecordedTurn[];
}

export interface LessonWiring {
  address: Address;
  turns: readonly RecordedTurn[];
  /** Read the record again. */
  reload(): Promise<LessonRecord>;
  /** Ask for an engine session after the old one has ended. */
  resume(): Promise<LessonRecord>;
}
