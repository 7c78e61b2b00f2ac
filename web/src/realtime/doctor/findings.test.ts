import { describe, expect, it } from "vitest";
import { CODES, effectOf, type FindingCode, finding, isTrouble, verdictOf } from "./findings";

const WELL: readonly FindingCode[] = [
  "browser_ok",
  "secure_ok",
  "microphone_ok",
  "speaker_ok",
  "socket_ok",
  "udp_ok",
  "turn_none",
  "loop_ok",
];

/** A check in which these came out differently. */
function verdict(...codes: FindingCode[]) {
  const changed = codes.map((code) => finding(code));
  const rest = WELL.map((code) => finding(code)).filter(
    ({ step }) => !changed.some((found) => found.step === step),
  );
  return verdictOf([...rest, ...changed]);
}

describe("the verdict", () => {
  it.each<[FindingCode[], string]>([
    [[], "ready"],
    [["loop_busy"], "ready"],
    [["microphone_skipped", "speaker_skipped"], "ready"],
    [["loop_loss"], "weak"],
    [["speaker_unheard"], "weak"],
    [["microphone_quiet"], "weak"],
    [["socket_slow"], "weak"],
    [["microphone_refused"], "typing"],
    [["microphone_refused", "loop_loss"], "typing"],
    [["secure_not"], "typing"],
    [["udp_blocked", "loop_busy"], "writing"],
    [["udp_blocked", "turn_ok", "loop_busy"], "ready"],
    [["udp_blocked", "turn_full", "loop_busy"], "writing"],
    [["udp_unused", "turn_ok", "loop_busy"], "ready"],
    [["udp_unused", "turn_wrong", "loop_busy"], "writing"],
    [["udp_unsure", "loop_busy"], "weak"],
    [["udp_blocked", "loop_ok"], "ready"],
    [["udp_ok", "loop_failed"], "writing"],
    [["loop_failed", "microphone_refused"], "writing"],
    [["browser_codecs"], "writing"],
    [["browser_old"], "impossible"],
    [["socket_blocked"], "impossible"],
    [["engine_away"], "impossible"],
  ])("of %j is %s", (codes, expected) => {
    expect(verdict(...codes)).toBe(expected);
  });
});

it("has an effect for every trouble, and none for the rest", () => {
  for (const code of CODES) {
    const found = finding(code);
    if (isTrouble(found)) {
      expect(effectOf(found), code).toBeTruthy();
      expect(["warning", "error"], code).toContain(found.status);
    } else expect(["ok", "note"], code).toContain(found.status);
  }
});
