import { useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";
import { Sheet } from "../../ui/Sheet";
import { usePerson } from "../session/session";
import { CheckView } from "./CheckView";
import { browserTools, loopOfLesson } from "./tools";

interface Props {
  lesson: Lesson;
  onClose: () => void;
}

/** The check within a lesson, which goes on behind it; the tutor does not hear the test words. */
export default function CheckSheet({ lesson, onClose }: Props) {
  const { t } = useTranslation();
  const userId = String(usePerson().id);
  const tools = useCallback(() => browserTools(userId, loopOfLesson(lesson)), [userId, lesson]);

  useEffect(() => {
    const mode = lesson.microphone.mode.get();
    lesson.microphone.setMode("hold");
    return () => lesson.microphone.setMode(mode);
  }, [lesson]);

  return (
    <Sheet kind="card" label={t("check.title")} onClose={onClose}>
      <div className="check-card">
        <header className="check-head">
          <h2>{t("check.title")}</h2>
          <Button look="plain" icon="close" iconOnly onClick={onClose} data-testid="check-close">
            {t("check.close")}
          </Button>
        </header>
        <CheckView tools={tools} />
      </div>
    </Sheet>
  );
}
