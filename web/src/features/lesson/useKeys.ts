import { useEffect } from "react";
import { type Lesson, openChoices } from "../../realtime";
import { HoldOrToggle } from "./holdOrToggle";
import { prefer, preferences } from "./preferences";

/** Elements in which somebody writes. */
const WRITING =
  "input:not([type=radio]):not([type=checkbox]), textarea, select, iframe, [contenteditable]";

/** Elements that use Space themselves. */
const BUSY = `${WRITING}, input[type=checkbox], button, a, summary, [tabindex='0']`;

const isIn = (event: KeyboardEvent, elements: string): boolean =>
  event.target instanceof Element && event.target.closest(elements) !== null;

/**
 * Space talks while held, T gives time to think, 1 to 9 choose an offered answer, C shows or hides captions,
 * Escape stops the tutor.
 */
export function useKeys(lesson: Lesson, active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const think = new HoldOrToggle(lesson.pondering.get, (on) => lesson.ponder(on));
    let talking = false;

    function space(event: KeyboardEvent) {
      const holds = lesson.microphone.mode.get() === "hold";
      if (!holds || lesson.microphone.state.get() !== "ready" || isIn(event, BUSY)) return;
      event.preventDefault();
      if (event.repeat) return;
      talking = true;
      lesson.press();
    }

    function letter(event: KeyboardEvent) {
      if (event.repeat || isIn(event, WRITING)) return;
      const pressed = event.key.toLowerCase();
      const choice = openChoices(lesson.scene.chat.turns.get())[Number(pressed) - 1];
      if (choice !== undefined && lesson.started.get()) lesson.ask(choice);
      else if (pressed === "t" && lesson.microphone.state.get() === "ready") think.press();
      else if (pressed === "c") prefer({ captions: !preferences.get().captions });
    }

    function down(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.key === "Escape") {
        if (lesson.started.get()) lesson.stop();
      } else if (preferences.get().keys) {
        if (event.key === " ") space(event);
        else letter(event);
      }
    }

    function release() {
      if (talking) lesson.release();
      talking = false;
    }

    function up(event: KeyboardEvent) {
      if (event.key === " ") release();
      else if (event.key.toLowerCase() === "t") think.lift();
    }

    function lose() {
      release();
      think.lose();
    }

    addEventListener("keydown", down);
    addEventListener("keyup", up);
    addEventListener("blur", lose);
    return () => {
      lose();
      removeEventListener("keydown", down);
      removeEventListener("keyup", up);
      removeEventListener("blur", lose);
    };
  }, [lesson, active]);
}
