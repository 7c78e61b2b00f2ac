import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";

interface Props {
  lesson: Lesson;
  tutor: string;
}

/** The one gesture that browsers ask for before there is sound. */
export function StartCard({ lesson, tutor }: Props) {
  const { t } = useTranslation();
  return (
    <section className="start" aria-labelledby="start-title">
      <div className="start-words">
        <h2 id="start-title">{t("lesson.startTitle", { name: tutor })}</h2>
        <p>{t("lesson.startReason", { name: tutor })}</p>
      </div>
      <div className="start-buttons">
        <Button look="primary" large onClick={() => void lesson.start(true)} data-testid="start">
          {t("lesson.start")}
        </Button>
        <Button look="plain" onClick={() => void lesson.start(false)} data-testid="start-typing">
          {t("lesson.startTyping")}
        </Button>
      </div>
    </section>
  );
}
