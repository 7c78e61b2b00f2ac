/** Every message the page can send, made in one place so that the schema test covers all of them. */
import type {
  ClientMessage,
  ClientStats,
  Greet,
  Hold,
  Interrupt,
  Ping,
  TextWebRTC,
  WebRTCCandidate,
  WebRTCOffer,
} from "./generated";

/** Whose lesson a message belongs to. */
export interface Address {
  userId: string | number;
  lessonId: string | number;
  engineSessionId: string;
}

const lesson = (to: Address) => ({
  engine_session_id: to.engineSessionId,
  session_id: to.lessonId,
});

export const ask = (to: Address, content: string): TextWebRTC => ({
  type: "text_webrtc",
  content,
  user_id: to.userId,
  ...lesson(to),
});

export const offer = (to: Address, sdp: string): WebRTCOffer => ({
  type: "webrtc_offer",
  sdp,
  user_id: to.userId,
  ...lesson(to),
});

export const candidate = (to: Address, found: RTCIceCandidateInit | null): WebRTCCandidate => ({
  type: "webrtc_ice_candidate",
  candidate: found === null ? null : { ...found },
  user_id: to.userId,
  ...lesson(to),
});

export const interrupt = (to: Address): Interrupt => ({ type: "interrupt", ...lesson(to) });

export const greet = (to: Address): Greet => ({ type: "greet", ...lesson(to) });

/** Turn to this lesson: its tutor shows, and says nothing by itself. */
export const show = (to: Address): Greet => ({ type: "greet", silent: true, ...lesson(to) });

export type Key = Hold["key"];

export const hold = (to: Address, key: Key, held: boolean): Hold => ({
  type: "hold",
  key,
  held,
  ...lesson(to),
});

export const stats = (to: Address, values: Record<string, unknown>): ClientStats => ({
  type: "client_stats",
  stats: values,
  ...lesson(to),
});

export const ping = (): Ping => ({ type: "ping" });

export type { ClientMessage };
