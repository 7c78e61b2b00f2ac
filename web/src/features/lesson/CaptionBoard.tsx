import { useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";
import { preferences } from "./preferences";

interface Props {
  lesson: Lesson;
  tutor: string;
}

/**
 * Both voices in writing: grey until the words are certain or have sounded, then solid. The board keeps its
 * size, so that the face above it stands still; long words move through it.
 */
export function CaptionBoard({ lesson, tutor }: Props) {
  const { t } = useTranslation();
  const captions = useStore(lesson.scene.captions.state);
  const { student, tutor: answer } = captions;
  const { captionSize } = useStore(preferences);
  const board = useRef<HTMLElement>(null);
  const now = useRef<HTMLSpanElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows whenever the words change
  useLayoutEffect(() => {
    const box = board.current;
    const place = now.current;
    if (box === null) return;
    // The line that sounds and the one behind it; with nothing sounding, the end.
    const end = place ? place.offsetTop + 2 * place.offsetHeight : box.scrollHeight;
    box.scrollTop = Math.max(0, end - box.clientHeight);
  }, [captions, captionSize]);

  return (
    <section
      className={`captions captions-${captionSize}`}
      ref={board}
      aria-label={t("lesson.captions")}
      data-testid="captions"
    >
      {student === null && answer === null && (
        <p className="caption-empty">{t("lesson.captionsEmpty")}</p>
      )}
      {student && (
        <p className="caption" data-testid="caption-student" data-final={student.final}>
          <span className="caption-name">{t("lesson.you")}</span>
          <span>
            <span data-testid="sure">{student.sure}</span>
            <span className="words-faint">{student.text.slice(student.sure.length)}</span>
          </span>
        </p>
      )}
      {answer && (
        <p className="caption" data-testid="caption-tutor">
          <span className="caption-name">{tutor}</span>
          <span>
            <span className="words-heard">{answer.heard}</span>
            <span className="words-now" ref={now} />
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
