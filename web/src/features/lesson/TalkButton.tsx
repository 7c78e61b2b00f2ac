import type { KeyboardEvent, PointerEvent } from "react";
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
  const live = useStore(lesson.microphone.live);
  const mode = useStore(lesson.microphone.mode);
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

  const held = live && mode === "hold";
  return (
    <button
      type="button"
      className={held ? "talk talk-live" : "talk"}
      data-mode={mode}
      onPointerDown={pointerDown}
      onPointerUp={() => lesson.release()}
      onPointerCancel={() => lesson.release()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={keyDown}
      onKeyUp={(event) => isTalkKey(event.key) && lesson.release()}
      onBlur={() => held && lesson.release()}
      aria-pressed={held}
      data-testid="talk"
      data-live={live}
    >
      <Icon name="microphone" size={handheld ? 32 : 20} />
      <span className={handheld ? "hidden-text" : undefined}>
        {t(held ? "microphone.holding" : "microphone.hold")}
      </span>
      {!handheld && keys && <kbd>{t("microphone.space")}</kbd>}
      <span className="hidden-text">{live ? t("microphone.live") : ""}</span>
    </button>
  );
}
