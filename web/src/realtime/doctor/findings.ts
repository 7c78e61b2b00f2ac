/** What a check of the connection can find, how bad that is, and what it means for a lesson. Facts, no words. */

export const STEPS = [
  "browser",
  "secure",
  "microphone",
  "speaker",
  "socket",
  "udp",
  "turn",
  "loop",
] as const;

export type StepName = (typeof STEPS)[number];
export type FindingStatus = "ok" | "note" | "warning" | "error";

/** What a trouble does to a lesson. */
export type Effect =
  | "noLesson"
  | "noMedia"
  | "typing"
  | "reading"
  | "noDetour"
  | "uneven"
  | "unknown";

/** Nothing has to be done about these. */
const GOOD = {
  browser_ok: ["browser", "ok"],
  secure_ok: ["secure", "ok"],
  microphone_ok: ["microphone", "ok"],
  microphone_skipped: ["microphone", "note"],
  speaker_ok: ["speaker", "ok"],
  speaker_skipped: ["speaker", "note"],
  socket_ok: ["socket", "ok"],
  udp_ok: ["udp", "ok"],
  udp_live: ["udp", "ok"],
  udp_local: ["udp", "ok"],
  udp_unused: ["udp", "note"],
  turn_ok: ["turn", "ok"],
  turn_none: ["turn", "note"],
  loop_ok: ["loop", "ok"],
  loop_busy: ["loop", "note"],
} as const satisfies Record<string, readonly [StepName, FindingStatus]>;

const TROUBLES = {
  browser_old: ["browser", "error", "noLesson"],
  browser_codecs: ["browser", "error", "noMedia"],
  secure_not: ["secure", "error", "typing"],
  microphone_quiet: ["microphone", "warning", "uneven"],
  microphone_silent: ["microphone", "error", "typing"],
  microphone_refused: ["microphone", "error", "typing"],
  microphone_missing: ["microphone", "error", "typing"],
  microphone_busy: ["microphone", "error", "typing"],
  microphone_insecure: ["microphone", "error", "typing"],
  speaker_unheard: ["speaker", "warning", "reading"],
  speaker_blocked: ["speaker", "warning", "reading"],
  socket_slow: ["socket", "warning", "uneven"],
  socket_blocked: ["socket", "error", "noLesson"],
  socket_silent: ["socket", "error", "noLesson"],
  socket_signed_out: ["socket", "error", "noLesson"],
  socket_full: ["socket", "error", "noLesson"],
  engine_away: ["socket", "error", "noLesson"],
  udp_config: ["udp", "warning", "unknown"],
  udp_off: ["udp", "error", "noMedia"],
  udp_name: ["udp", "error", "noMedia"],
  udp_blocked: ["udp", "error", "noMedia"],
  udp_unsure: ["udp", "warning", "unknown"],
  turn_wrong: ["turn", "warning", "noDetour"],
  turn_expired: ["turn", "warning", "noDetour"],
  turn_forbidden: ["turn", "warning", "noDetour"],
  turn_quota: ["turn", "warning", "noDetour"],
  turn_full: ["turn", "warning", "noDetour"],
  turn_unreachable: ["turn", "warning", "noDetour"],
  turn_silent: ["turn", "warning", "noDetour"],
  turn_other: ["turn", "warning", "noDetour"],
  loop_loss: ["loop", "warning", "uneven"],
  loop_delay: ["loop", "warning", "uneven"],
  loop_jitter: ["loop", "warning", "uneven"],
  loop_frames: ["loop", "warning", "uneven"],
  loop_silent: ["loop", "error", "noMedia"],
  loop_failed: ["loop", "error", "noMedia"],
} as const satisfies Record<string, readonly [StepName, FindingStatus, Effect]>;

export type GoodCode = keyof typeof GOOD;
export type TroubleCode = keyof typeof TROUBLES;
export type FindingCode = GoodCode | TroubleCode;
export type Values = Readonly<Record<string, string | number>>;

export interface Finding {
  code: FindingCode;
  step: StepName;
  status: FindingStatus;
  /** What fills the holes of the sentence. */
  values: Values;
}

export interface Trouble extends Finding {
  code: TroubleCode;
}

export function finding(code: FindingCode, values: Values = {}): Finding {
  const [step, status] = isTroubleCode(code) ? TROUBLES[code] : GOOD[code];
  return { code, step, status, values };
}

function isTroubleCode(code: FindingCode): code is TroubleCode {
  return Object.hasOwn(TROUBLES, code);
}

export function isTrouble(found: Finding): found is Trouble {
  return isTroubleCode(found.code);
}

export const effectOf = ({ code }: Trouble): Effect => TROUBLES[code][2];

export const CODES: readonly FindingCode[] = [
  ...(Object.keys(GOOD) as GoodCode[]),
  ...(Object.keys(TROUBLES) as TroubleCode[]),
];

/**
 * What kind of lesson is possible: `ready` to speak, `weak` with a rough network, `typing` to a tutor that is
 * heard and seen, `writing` only, or `impossible`.
 */
export type Verdict = "ready" | "weak" | "typing" | "writing" | "impossible";

export function verdictOf(findings: readonly Finding[]): Verdict {
  const effects = new Set(findings.filter(isTrouble).map(effectOf));
  if (effects.has("noLesson")) return "impossible";
  if (!mediaPass(findings)) return "writing";
  if (effects.has("typing")) return "typing";
  return findings.some(({ status }) => status === "warning") ? "weak" : "ready";
}

/** Whether sound and picture can arrive: what was measured counts more than what was probed. */
function mediaPass(findings: readonly Finding[]): boolean {
  const of = (step: StepName) => findings.filter((found) => found.step === step);
  if (of("browser").some(({ status }) => status === "error")) return false;
  const [loop] = of("loop");
  if (loop !== undefined && loop.status !== "note") return loop.status !== "error";
  if (of("udp").some(({ status }) => status === "ok" || status === "warning")) return true;
  return of("turn").some(({ status }) => status === "ok");
}
