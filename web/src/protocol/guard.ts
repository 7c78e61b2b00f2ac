/**
 * Reads what arrives on the socket. Events of a newer server are ignored, malformed ones too: whatever the
 * bytes are, reading never throws.
 */
import type { ServerEvent } from "./generated";

type Fields = Record<string, unknown>;
type Test = (value: unknown) => boolean;

const text: Test = (value) => typeof value === "string";
const number: Test = (value) => typeof value === "number" && Number.isFinite(value);
const flag: Test = (value) => typeof value === "boolean";
const object: Test = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || value === null || test(value);
const oneOf =
  (...allowed: readonly string[]): Test =>
  (value) =>
    typeof value === "string" && allowed.includes(value);
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const absentOr =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const integer: Test = (value) => Number.isInteger(value);
const atLeast =
  (least: number): Test =>
  (value) =>
    integer(value) && (value as number) >= least;
const numbers: Test = (value) => object(value) && Object.values(value as Fields).every(number);

const citation: Test = (value) =>
  object(value) &&
  passes(value as Fields, {
    n: atLeast(1),
    document: text,
    title: text,
    page: atLeast(1),
    quote: text,
    start: atLeast(0),
    end: atLeast(0),
  });

const COMMON: Record<string, Test> = {
  timestamp: optional(text),
  engine_session_id: optional(text),
  session_id: optional((value) => text(value) || integer(value)),
  turn_id: optional(integer),
};

const media = { data: text, format: text };

const SHAPES: Record<ServerEvent["type"], Record<string, Test>> = {
  hello: { protocol: absentOr(text), capabilities: absentOr(object) },
  webrtc_answer: { sdp: text },
  webrtc_ice_candidate: { candidate: (value) => value === null || object(value) },
  transcription: {
    content: text,
    final: flag,
    role: absentOr(oneOf("user")),
    source: absentOr(oneOf("voice", "text")),
  },
  text_delta: { content: text },
  text: {
    content: text,
    role: absentOr(oneOf("assistant")),
    citations: absentOr(listOf(citation)),
    audio: optional(text),
    audio_format: optional(text),
  },
  audio: media,
  video: media,
  caption: {
    content: text,
    start_ms: integer,
    end_ms: integer,
    citations: absentOr(listOf(integer)),
  },
  turn: {
    state: oneOf("listening", "thinking", "speaking", "idle", "interrupted"),
    heard: optional(text),
  },
  latency: { stages: numbers },
  quality: {
    level: oneOf("full", "reduced", "still", "text"),
    reason: absentOr(oneOf("", "network", "host")),
    loss_out: optional(number),
    loss_in: optional(number),
    rtt_ms: optional(number),
    late_ms: optional(number),
  },
  alert: { kind: text, source: oneOf("student", "tutor"), excerpt: text },
  error: { code: text, content: text, retry_after: optional(number) },
  pong: {},
  session_replaced: { old_engine_session_id: text, engine_session_id: text },
};

function passes(value: Fields, shape: Record<string, Test>): boolean {
  return Object.entries(shape).every(([field, test]) => test(value[field]));
}

function isKnown(type: unknown): type is ServerEvent["type"] {
  return typeof type === "string" && Object.hasOwn(SHAPES, type);
}

/** The event in `raw`, or null when it is none that this page knows. */
export function readServerEvent(raw: unknown): ServerEvent | null {
  if (typeof raw !== "string") return null;
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return null;
  }
  if (!object(value)) return null;
  const fields = value as Fields;
  if (!isKnown(fields.type)) return null;
  return passes(fields, COMMON) && passes(fields, SHAPES[fields.type])
    ? (value as ServerEvent)
    : null;
}
