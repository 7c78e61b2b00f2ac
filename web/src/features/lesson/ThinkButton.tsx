import { type KeyboardEvent, type MouseEvent, type PointerEvent, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { Icon } from "../../ui/Icon";
import { useHandheld } from "../../ui/useMedia";
import { useStore } from "../../ui/useStore";
import { HoldOrToggle } from "./holdOrToggle";
import { preferences } from "./preferences";

const isPressKey = (key: string): boolean => key === " " || key === "Enter";

/** Held, or pressed once and once more: as long as it is on, no silence ends the student's turn. */
export function ThinkButton({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation();
  const handheld = useHandheld();
  const on = useStore(lesson.pondering);
  const { keys } = useStore(preferences);
  const key = useMemo(
    () => new HoldOrToggle(lesson.pondering.get, (wanted) => lesson.ponder(wanted)),
    [lesson],
  );

  function pointerDown(event: PointerEvent<HTMLButtonElement>) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    key.press();
  }

  function keyDown(event: KeyboardEvent<HTMLButtonElement>) {
    if (!isPressKey(event.key)) return;
    event.preventDefault();
    if (!event.repeat) key.press();
  }

  function keyUp(event: KeyboardEvent<HTMLButtonElement>) {
    if (!isPressKey(event.key)) return;
    event.preventDefault();
    key.lift();
  }

  function clicked(event: MouseEvent) {
    // A screen reader presses without pointer and without key.
    if (event.detail === 0) lesson.ponder(!on);
  }

  return (
    <button
      type="button"
      className={on ? "talk talk-think talk-live" : "talk talk-think"}
      onPointerDown={pointerDown}
      onPointerUp={() => key.lift()}
      onPointerCancel={() => key.lose()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={keyDown}
      onKeyUp={keyUp}
      onBlur={() => key.lose()}
      onClick={clicked}
      aria-pressed={on}
      title={t("microphone.thinkLong")}
      data-testid="think"
    >
      <Icon name="hourglass" size={handheld ? 28 : 20} />
      {handheld && <span aria-hidden="true">{t("microphone.thinkShort")}</span>}
      <span className={handheld ? "hidden-text" : undefined}>
        {t(on ? "microphone.thinking" : "microphone.think")}
      </span>
      {!handheld && keys && <kbd>{t("keys.think")}</kbd>}
    </button>
  );
}
