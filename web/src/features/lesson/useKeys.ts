import { useEffect } from "react";
import type { Lesson } from "../../realtime";
import { prefer, preferences } from "./preferences";

/** Elements that use keys themselves. */
const BUSY =
  "input, textarea, select, button, a, summary, iframe, [contenteditable], [tabindex='0']";

/** Space talks while held, C shows or hides captions, Escape stops the tutor. */
export function useKeys(lesson: Lesson, active: boolean): void {
  useEffect(() => {
    if (!active) return;
    let talking = false;

    function down(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.key === "Escape") {
        if (lesson.started.get()) lesson.stop();
        return;
      }
      const free = !(event.target instanceof Element && event.target.closest(BUSY));
      if (!free || !preferences.get().keys) return;
      if (event.key === " " && lesson.microphone.state.get() === "ready") {
        event.preventDefault();
        if (!event.repeat) {
          talking = true;
          lesson.press();
        }
      } else if (event.key.toLowerCase() === "c" && !event.repeat) {
        prefer({ captions: !preferences.get().captions });
      }
    }

    function release() {
      if (talking) lesson.release();
      talking = false;
    }

    function up(event: KeyboardEvent) {
      if (event.key === " ") release();
    }

    addEventListener("keydown", down);
    addEventListener("keyup", up);
    addEventListener("blur", release);
    return () => {
      release();
      removeEventListener("keydown", down);
      removeEventListener("keyup", up);
      removeEventListener("blur", release);
    };
  }, [lesson, active]);
}
