import { useTranslation } from "react-i18next";
import type { TutorBrief } from "../../api";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";
import { useStore } from "../../ui/useStore";
import { useDeaf } from "./useDeaf";

interface Props {
  lesson: Lesson;
  tutor: TutorBrief;
  /** The lesson begins in writing. */
  onTyping: () => void;
  onCheck: () => void;
}

/** The one gesture that browsers ask for before there is sound. */
export function StartCard({ lesson, tutor, onTyping, onCheck }: Props) {
  const { t } = useTranslation();
  const deaf = useDeaf(lesson, tutor);
  const begun = useStore(lesson.scene.chat.turns).length > 0;
  const { name } = tutor;
  const language = t(`common.languageName.${tutor.language}`);
  const usual = t(begun ? "lesson.goOn" : "lesson.start");

  function startTyping() {
    void lesson.start(false);
    onTyping();
  }

  const speaking = (
    <Button
      look={deaf ? "plain" : "primary"}
      large={!deaf}
      onClick={() => void lesson.start(true)}
      data-testid="start"
    >
      {deaf ? t("lesson.startAnyway") : usual}
    </Button>
  );
  const typing = (
    <Button
      look={deaf ? "primary" : "plain"}
      large={deaf}
      onClick={startTyping}
      data-testid="start-typing"
    >
      {t(deaf ? "lesson.startWriting" : "lesson.startTyping")}
    </Button>
  );

  return (
    <section className="start" aria-labelledby="start-title">
      <div className="start-words">
        <h2 id="start-title">{t("lesson.startTitle", { name })}</h2>
        <p data-testid="start-reason" data-deaf={deaf}>
          {deaf ? t("lesson.startDeaf", { name, language }) : t("lesson.startReason", { name })}
        </p>
      </div>
      <div className="start-buttons">
        {deaf ? typing : speaking}
        {deaf ? speaking : typing}
        <Button look="plain" icon="pulse" onClick={onCheck} data-testid="check">
          {t("check.title")}
        </Button>
      </div>
    </section>
  );
}
