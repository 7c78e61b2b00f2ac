import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";
import { useNarrow } from "../../ui/useMedia";
import { useStore } from "../../ui/useStore";
import { prefer, preferences } from "./preferences";
import { QuestionBox } from "./QuestionBox";
import { TalkButton } from "./TalkButton";

interface Props {
  lesson: Lesson;
  tutor: string;
}

/** Talking, stopping, captions and typing. On a phone the talk button leads and typing unfolds. */
export function Controls({ lesson, tutor }: Props) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const { captions } = useStore(preferences);
  const status = useStore(lesson.status);
  const microphone = useStore(lesson.microphone.state);
  const mode = useStore(lesson.microphone.mode);
  const [asked, setAsked] = useState(false);
  const ready = microphone === "ready";
  const typing = !narrow || asked || !ready;
  const busy = status === "speaking" || status === "thinking";

  function toggleOpen() {
    const next = mode === "open" ? "hold" : "open";
    lesson.microphone.setMode(next);
    prefer({ talk: next });
  }

  return (
    <section className="controls" aria-label={t("lesson.controls")}>
      <div className="control-row">
        <TalkButton lesson={lesson} />
        {ready && (
          <Button
            icon={mode === "open" ? "openMicrophone" : "microphoneOff"}
            iconOnly={narrow}
            look={mode === "open" ? "primary" : "quiet"}
            aria-pressed={mode === "open"}
            onClick={toggleOpen}
            data-testid="open-microphone"
          >
            {t("microphone.open")}
          </Button>
        )}
        <Button
          icon="stop"
          iconOnly={narrow}
          disabled={!busy}
          onClick={() => lesson.stop()}
          title={t("lesson.stopLong", { name: tutor })}
          data-testid="stop"
        >
          {t("lesson.stop")}
        </Button>
        <Button
          icon="captions"
          iconOnly={narrow}
          aria-pressed={captions}
          onClick={() => prefer({ captions: !captions })}
          data-testid="captions-toggle"
        >
          {t("lesson.showCaptions")}
        </Button>
        {narrow && ready && (
          <Button
            icon="keyboard"
            iconOnly
            aria-pressed={asked}
            aria-expanded={asked}
            onClick={() => setAsked(!asked)}
            data-testid="keyboard"
          >
            {t("lesson.keyboard")}
          </Button>
        )}
      </div>
      <MicrophoneWords lesson={lesson} />
      {typing && <QuestionBox lesson={lesson} tutor={tutor} focus={asked && narrow} />}
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
