import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Id, TutorBrief } from "../../api";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";
import { useHandheld } from "../../ui/useMedia";
import { useStore } from "../../ui/useStore";
import { prefer, preferences } from "./preferences";
import { QuestionBox } from "./QuestionBox";
import { TalkButton } from "./TalkButton";
import { TalkChoice } from "./TalkChoice";
import { ThinkButton } from "./ThinkButton";
import { useDeaf } from "./useDeaf";

interface Props {
  lesson: Lesson;
  tutor: TutorBrief;
  personId: Id;
  /** How often the student wished to type. */
  typing: number;
  onTyping: (wish: number) => void;
}

/** Talking, stopping, captions and typing. On a phone the talk button leads and typing unfolds. */
export function Controls({ lesson, tutor, personId, typing, onTyping }: Props) {
  const { t } = useTranslation();
  const handheld = useHandheld();
  const { captions } = useStore(preferences);
  const status = useStore(lesson.status);
  const ready = useStore(lesson.microphone.state) === "ready";
  const mode = useStore(lesson.microphone.mode);
  const deaf = useDeaf(lesson, tutor);
  const folded = handheld && ready && typing === 0;
  /** On a phone the conversation needs the room while one types. */
  const small = handheld && ready && !folded;
  const controls = useRef<HTMLElement>(null);
  const busy = status === "speaking" || status === "thinking";

  useEffect(() => {
    // The start button has gone; the keyboard goes on here, and Space is free for talking.
    const area = controls.current;
    if (!area?.contains(document.activeElement)) area?.focus();
  }, []);

  return (
    <section
      className={small ? "controls controls-typing" : "controls"}
      ref={controls}
      tabIndex={-1}
      aria-label={t("lesson.controls")}
    >
      <div className={ready ? "control-row" : "control-row control-row-silent"}>
        {ready && <TalkChoice lesson={lesson} personId={personId} />}
        {ready && mode === "open" ? (
          <ThinkButton lesson={lesson} />
        ) : (
          <TalkButton lesson={lesson} quiet={deaf} />
        )}
        <Button
          icon="stop"
          iconOnly={handheld}
          disabled={!busy}
          onClick={() => lesson.stop()}
          title={t("lesson.stopLong", { name: tutor.name })}
          data-testid="stop"
        >
          {t("lesson.stop")}
        </Button>
        <Button
          icon="captions"
          iconOnly={handheld}
          aria-pressed={captions}
          onClick={() => prefer({ captions: !captions })}
          data-testid="captions-toggle"
        >
          {t("lesson.showCaptions")}
        </Button>
        {handheld && ready && (
          <Button
            icon="keyboard"
            iconOnly
            aria-pressed={!folded}
            aria-expanded={!folded}
            onClick={() => onTyping(folded ? typing + 1 : 0)}
            data-testid="keyboard"
          >
            {t("lesson.keyboard")}
          </Button>
        )}
      </div>
      <MicrophoneWords lesson={lesson} />
      {!folded && <QuestionBox lesson={lesson} tutor={tutor.name} wish={typing} />}
    </section>
  );
}

/** Why there is no microphone, in words; typing is right below. */
function MicrophoneWords({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation();
  const state = useStore(lesson.microphone.state);
  if (state === "ready") return null;
  return (
    <p className="microphone-words" role="status" data-testid="microphone-words">
      {t(`microphone.${state}`)}
    </p>
  );
}
