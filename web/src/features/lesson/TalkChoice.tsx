import { useTranslation } from "react-i18next";
import type { Id } from "../../api";
import type { Lesson, TalkMode } from "../../realtime";
import { Icon, type IconName } from "../../ui/Icon";
import { useStore } from "../../ui/useStore";
import { chooseTalk } from "./preferences";

const WAYS: readonly { mode: TalkMode; icon: IconName }[] = [
  { mode: "open", icon: "openMicrophone" },
  { mode: "hold", icon: "microphone" },
];

interface Props {
  lesson: Lesson;
  personId: Id;
}

/** How the student speaks: freely, or only while a key is held. */
export function TalkChoice({ lesson, personId }: Props) {
  const { t } = useTranslation();
  const chosen = useStore(lesson.microphone.mode);

  function choose(mode: TalkMode) {
    lesson.talkBy(mode);
    chooseTalk(personId, mode);
  }

  return (
    <fieldset className="talk-choice">
      <legend className="hidden-text">{t("microphone.choice")}</legend>
      {WAYS.map(({ mode, icon }) => (
        <label key={mode} className="talk-way" title={t(`microphone.${mode}Long`)}>
          <input
            className="hidden-text"
            type="radio"
            name="talk"
            checked={chosen === mode}
            onChange={() => choose(mode)}
            data-testid={`talk-${mode}`}
          />
          <Icon name={icon} size={18} />
          {t(`microphone.${mode}`)}
        </label>
      ))}
    </fieldset>
  );
}
