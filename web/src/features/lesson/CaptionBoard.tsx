import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";
import { preferences } from "./preferences";

interface Props {
  lesson: Lesson;
  tutor: string;
}

/** Both voices in writing: grey until the words are certain or have sounded, then solid. */
export function CaptionBoard({ lesson, tutor }: Props) {
  const { t } = useTranslation();
  const { student, tutor: answer } = useStore(lesson.scene.captions.state);
  const { captionSize } = useStore(preferences);
  const empty = student === null && answer === null;
  return (
    <section
      className={`captions captions-${captionSize}`}
      aria-label={t("lesson.captions")}
      data-testid="captions"
    >
      {empty && <p className="caption-empty">{t("lesson.captionsEmpty")}</p>}
      {student && (
        <p className="caption" data-testid="caption-student" data-final={student.final}>
          <span className="caption-name">{t("lesson.you")}</span>
          <span className={student.final ? undefined : "words-faint"}>{student.text}</span>
        </p>
      )}
      {answer && (
        <p className="caption" data-testid="caption-tutor">
          <span className="caption-name">{tutor}</span>
          <span>
            <span className="words-heard">{answer.heard}</span>
            <span className="words-faint">{answer.coming}</span>
          </span>
        </p>
      )}
      <p className="hidden-text" aria-live="polite">
        {answer !== null && answer.coming.trim() === ""
          ? answer.heard
          : student?.final
            ? student.text
            : ""}
      </p>
    </section>
  );
}
