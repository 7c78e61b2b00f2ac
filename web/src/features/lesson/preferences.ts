/** What a student chose for lessons on this device. */
import { Store, type TalkMode } from "../../realtime";

export type CaptionSize = "small" | "medium" | "large";

export interface Preferences {
  captions: boolean;
  captionSize: CaptionSize;
  /** Single keys act while nobody types. */
  keys: boolean;
  /** A still face; null follows the system's wish for less motion. */
  still: boolean | null;
  talk: TalkMode;
}

const KEPT = "tutor.lesson";

const USUAL: Preferences = {
  captions: true,
  captionSize: "medium",
  keys: true,
  still: null,
  talk: "open",
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
