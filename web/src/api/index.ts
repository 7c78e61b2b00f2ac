/** The platform's calls, one function each. */
import { getJson, getText, patchJson, postJson } from "./client";
import type {
  DocumentBody,
  Id,
  Language,
  LessonBody,
  LessonSummary,
  Mode,
  Person,
  RtcConfig,
  ServerFinding,
  Tutor,
} from "./types";

export { ApiError, onSignedOut } from "./client";
export * from "./types";

const at = (id: Id): string => encodeURIComponent(String(id));

export const api = {
  signIn: async (username: string, password: string) =>
    (await postJson<{ person: Person }>("/api/auth/sign-in", { username, password })).person,
  signOut: () => postJson<void>("/api/auth/sign-out"),
  me: async () => (await getJson<{ person: Person }>("/api/auth/me")).person,
  setLanguage: (language: Language) => patchJson<unknown>("/api/auth/me", { language }),

  tutors: async () => (await getJson<{ tutors: Tutor[] }>("/api/tutors")).tutors,
  /** Newest first, a page of them; `before` is the last one already known. */
  lessons: async (before?: Id) =>
    (
      await getJson<{ lessons: LessonSummary[] }>(
        `/api/lessons${before === undefined ? "" : `?before=${at(before)}`}`,
      )
    ).lessons,
  lesson: async (id: Id) =>
    (await getJson<{ lesson: LessonBody }>(`/api/lessons/${at(id)}`)).lesson,
  startLesson: async (tutorId: Id, mode: Mode) =>
    (await postJson<{ lesson: LessonBody }>("/api/lessons", { tutor_id: tutorId, mode })).lesson,
  /** The lesson goes on in another engine session, with the same history. */
  teachBy: async (id: Id, mode: Mode) =>
    (await patchJson<{ lesson: LessonBody }>(`/api/lessons/${at(id)}`, { mode })).lesson,
  resumeLesson: async (id: Id) =>
    (await postJson<{ lesson: LessonBody }>(`/api/lessons/${at(id)}/resume`)).lesson,
  endLesson: (id: Id) => postJson<unknown>(`/api/lessons/${at(id)}/end`),

  document: (id: Id) => getJson<DocumentBody>(`/api/documents/${at(id)}`),
  documentText: (id: Id) => getText(`/api/documents/${at(id)}/text`),
  documentFile: (id: Id, page: number) => `/api/documents/${at(id)}/file#page=${page}`,

  /** For administrators; takes seconds. */
  doctor: async (language: Language) =>
    (await getJson<{ findings: ServerFinding[] }>(`/api/doctor?language=${language}`)).findings,
  rtcConfig: () => getJson<RtcConfig>("/api/webrtc/config"),
  /** The answer to an offer that belongs to no lesson. */
  checkConnection: async (sdp: string) =>
    (await postJson<{ sdp: string }>("/api/webrtc/check", { sdp })).sdp,
  socketUrl: (userId: Id) =>
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws/proxy/user/${at(userId)}`,
};
