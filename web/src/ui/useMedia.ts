import { useSyncExternalStore } from "react";

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (reader) => {
      const list = matchMedia(query);
      list.addEventListener("change", reader);
      return () => list.removeEventListener("change", reader);
    },
    () => matchMedia(query).matches,
  );
}

/** One column, face on top. */
export const useNarrow = (): boolean => useMedia("(max-width: 860px)");

/** A phone: icons instead of words, and the talk button leads. */
export const useHandheld = (): boolean => useMedia("(max-width: 560px)");

export const useStillness = (): boolean => useMedia("(prefers-reduced-motion: reduce)");
