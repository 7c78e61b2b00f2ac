import { useEffect } from "react";
import type { Lesson } from "../../realtime";

/** A key that is held when the page loses its reader is let go: nobody would notice that it is still heard. */
export function useLettingGo(lesson: Lesson): void {
  useEffect(() => {
    const release = () => lesson.release();
    const hidden = () => {
      if (document.visibilityState === "hidden") release();
    };
    const leave = () => lesson.letGo();
    addEventListener("blur", release);
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      removeEventListener("blur", release);
      removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [lesson]);
}
