import type { Citation } from "../../protocol";
import type { ChatTurn } from "../../realtime";

/** The place of which the tutor speaks at this moment; null while nothing that is said rests on one. */
export function sounding(turns: readonly ChatTurn[]): Citation | null {
  const turn = turns.findLast(({ role }) => role === "tutor");
  if (turn?.state !== "speaking") return null;
  const n = turn.lit.at(-1);
  return turn.citations.find((citation) => citation.n === n) ?? null;
}
