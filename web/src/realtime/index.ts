/** The live lesson without any user interface. */
export type { CaptionState } from "./captions";
export { type ChatTurn, fromRecord, openChoices, type RecordedTurn } from "./chat";
export { Connection } from "./connection";
export { type Delivery, delivered } from "./delivery";
export { Lesson } from "./lesson";
export type { MicrophoneState, TalkMode } from "./microphone";
export type { Quality } from "./quality";
export { Recorder, recorderMedia } from "./recorder";
export type { Notice } from "./scene";
export type { Status } from "./status";
export { Store } from "./store";
export type { LessonRecord, LessonWiring } from "./wiring";
