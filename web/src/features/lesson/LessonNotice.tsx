import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { useOnline } from "../../ui/useOnline";
import { useStore } from "../../ui/useStore";

interface Props {
  lesson: Lesson;
  /** The student wants to write instead. */
  onTyping: () => void;
  onCheck: () => void;
  /** To what was said. */
  onLeave: () => void;
}

/** What went differently in this lesson, and what to do about it. */
export function LessonNotice({ lesson, onTyping, onCheck, onLeave }: Props) {
  const { t } = useTranslation();
  const notice = useStore(lesson.scene.notice);
  const status = useStore(lesson.status);
  const delivery = useStore(lesson.scene.delivery);
  const blocked = useStore(lesson.blocked);
  const online = useOnline();
  if (status === "ended" && notice?.code === "time_over") {
    return (
      <Notice
        actions={
          <Button look="primary" onClick={onLeave} data-testid="to-record">
            {t("learning.time.toRecord")}
          </Button>
        }
      >
        {notice.content}
      </Notice>
    );
  }
  if (status === "ended") {
    return (
      <Notice
        actions={
          <Button look="primary" onClick={() => void lesson.goOn()} data-testid="go-on">
            {t("lesson.goOn")}
          </Button>
        }
      >
        {t("lesson.ended")}
      </Notice>
    );
  }
  if (status === "elsewhere") {
    return (
      <Notice
        actions={
          <Button look="primary" onClick={() => location.reload()} data-testid="here-instead">
            {t("lesson.hereInstead")}
          </Button>
        }
      >
        {t("lesson.elsewhere")}
      </Notice>
    );
  }
  if (!online && status === "reconnecting") return <Notice>{t("lesson.offline")}</Notice>;
  if (notice === null && (delivery?.level === "text" || blocked)) {
    return (
      <Notice
        actions={
          <Button icon="pulse" onClick={onCheck} data-testid="notice-check">
            {t("check.title")}
          </Button>
        }
      >
        {t("lesson.inWriting")}
      </Notice>
    );
  }
  if (notice === null) return null;

  function writeInstead() {
    // An open microphone would earn the same sentence again and again.
    lesson.talkBy("hold");
    lesson.scene.notice.set(null);
    onTyping();
  }

  return (
    <Notice
      actions={
        <>
          {notice.code === "language_not_heard" && (
            <Button look="primary" icon="keyboard" onClick={writeInstead} data-testid="write">
              {t("lesson.keyboard")}
            </Button>
          )}
          <Button onClick={() => lesson.scene.notice.set(null)}>{t("common.dismiss")}</Button>
        </>
      }
    >
      {notice.content}
    </Notice>
  );
}
