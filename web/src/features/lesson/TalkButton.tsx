import type { KeyboardEvent, MouseEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { useHandheld } from "../../ui/useMedia";
import { useStore } from "../../ui/useStore";
import { preferences } from "./preferences";

const isTalkKey = (key: string): boolean => key === " " || key === "Enter";

interface Props {
  lesson: Lesson;
  /** Typing is the better way here. */
  quiet: boolean;
}

/** Held with finger, mouse or key; what is said while it is held is heard. */
export function TalkButton({ lesson, quiet }: Props) {
  const { t } = useTranslation();
  const handheld = useHandheld();
  const state = useStore(lesson.microphone.state);
  const held = useStore(lesson.microphone.pressed);
  const { keys } = useStore(preferences);

  if (state !== "ready") {
    return (
      <Button
        look={quiet ? "quiet" : "primary"}
        icon="microphone"
        disabled={state === "asking"}
        onClick={() => void lesson.microphone.request()}
        data-testid="allow-microphone"
      >
        {t("microphone.allow")}
      </Button>
    );
  }

  function pointerDown(event: PointerEvent<HTMLButtonElement>) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    lesson.press();
  }

  function keyDown(event: KeyboardEvent<HTMLButtonElement>) {
    if (!isTalkKey(event.key)) return;
    event.preventDefault();
    if (!event.repeat) lesson.press();
  }

  function keyUp(event: KeyboardEvent<HTMLButtonElement>) {
    if (!isTalkKey(event.key)) return;
    event.preventDefault();
    lesson.release();
  }

  function clicked(event: MouseEvent) {
    // A screen reader presses without pointer and without key: once to talk, once more when done.
    if (event.detail !== 0) return;
    if (held) lesson.release();
    else lesson.press();
  }

  return (
    <button
      type="button"
      className={held ? "talk talk-live" : "talk"}
      onPointerDown={pointerDown}
      onPointerUp={() => lesson.release()}
      onPointerCancel={() => lesson.release()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={keyDown}
      onKeyUp={keyUp}
      onBlur={() => lesson.release()}
      onClick={clicked}
      aria-pressed={held}
      data-testid="talk"
      data-live={held}
    >
      <Icon name="microphone" size={handheld ? 28 : 20} />
      {handheld && <span aria-hidden="true">{t("microphone.talkShort")}</span>}
      <span className={handheld ? "hidden-text" : undefined}>
        {t(held ? "microphone.holding" : "microphone.press")}
      </span>
      {!handheld && keys && <kbd>{t("microphone.space")}</kbd>}
      <span className="hidden-text">{held ? t("microphone.live") : ""}</span>
    </button>
  );
}
