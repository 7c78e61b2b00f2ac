import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Language, VoiceChoice } from "../../api";
import { Button } from "../../ui/Button";
import { useErrorText } from "../../ui/useErrorText";
import { useVoiceSample } from "./useVoiceSample";

interface Props {
  voices: readonly VoiceChoice[];
  chosen: string;
  language: Language;
  /** What is said when a voice is tried. */
  sample: string;
  onChoose: (voice: string) => void;
}

/** The voices of a language, each with a button to hear it. */
export function VoicePicker({ voices, chosen, language, sample, onChoose }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const { playing, failed, play } = useVoiceSample();
  const errorText = useErrorText();
  const fitting = voices.filter((voice) => voice.language === language);
  const known = fitting.some((voice) => voice.id === chosen);
  return (
    <fieldset className="voices">
      <legend>{t("tutors.field.voice")}</legend>
      {fitting.map((voice) => (
        <div key={voice.id} className="voice">
          <label className="choice">
            <input
              type="radio"
              name={id}
              checked={voice.id === chosen}
              onChange={() => onChoose(voice.id)}
            />
            {voice.name}
            <span className="soft small">
              {t(voice.gender === "male" ? "tutors.male" : "tutors.female")}
            </span>
          </label>
          <Button
            look="plain"
            icon={playing === voice.id ? "stop" : "sound"}
            iconOnly
            aria-pressed={playing === voice.id}
            onClick={() => void play(voice.id, language, sample || t("tutors.sample"))}
          >
            {t(playing === voice.id ? "tutors.stopListening" : "tutors.listen", {
              name: voice.name,
            })}
          </Button>
        </div>
      ))}
      {!known && chosen !== "" && (
        <p className="soft small">{t("tutors.otherVoice", { chosen })}</p>
      )}
      {failed !== null && (
        <p className="small" role="alert">
          {errorText(failed).text}
        </p>
      )}
    </fieldset>
  );
}
