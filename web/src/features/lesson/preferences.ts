/** What a student chose for lessons on this device. */
import type { Id } from "../../api";
import { Store, type TalkMode } from "../../realtime";

export type CaptionSize = "small" | "medium" | "large";

export interface Preferences {
  captions: boolean;
  captionSize: CaptionSize;
  /** Single keys act while nobody types. */
  keys: boolean;
  /** A still face; null follows the system's wish for less motion. */
  still: boolean | null;
}

const KEPT = "tutor.lesson";

const USUAL: Preferences = {
  captions: true,
  captionSize: "medium",
  keys: true,
  still: null,
};

function read(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return { ...USUAL, ...(kept as Partial<Preferences>) };
  } catch {
    return USUAL;
  }
}

export const preferences = new Store<Preferences>(read());

export function prefer(change: Partial<Preferences>): void {
  preferences.update((before) => ({ ...before, ...change }));
  localStorage.setItem(KEPT, JSON.stringify(preferences.get()));
}

const talkOf = (personId: Id): string => `${KEPT}.talk.${personId}`;

/** How this person talks on this device; null until they chose. */
export function chosenTalk(personId: Id): TalkMode | null {
  const kept = localStorage.getItem(talkOf(personId));
  return kept === "open" || kept === "hold" ? kept : null;
}

export function chooseTalk(personId: Id, mode: TalkMode): void {
  localStorage.setItem(talkOf(personId), mode);
}
