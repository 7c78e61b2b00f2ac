/** The platform, as the pages see it: every operation by tag, and the addresses that are not operations. */
import { at } from "./client";
import { platform } from "./generated";

export { ApiError, onSignedOut } from "./client";
export * from "./types";

export const api = {
  ...platform,
  /** Opened by the browser itself, at its page. */
  documentFile: (id: string, page: number) => `/api/documents/${at(id)}/file#page=${page}`,
  transcriptFile: (lessonId: string, format: "md" | "txt" | "json" | "vtt") =>
    `/api/lessons/${at(lessonId)}/transcript?format=${format}`,
  recordingSound: (recordingId: string) => `/api/recordings/${at(recordingId)}/sound`,
  learningFile: "/api/learning/export",
  socketUrl: (userId: string) =>
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws/proxy/user/${at(userId)}`,
};
