import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { SayForm } from "../tutors/SayForm";
import type { SpokenClip } from "../tutors/useSpokenClip";

/** Try a face: a voice, a sentence, and it speaks. */
export function SpeakCard({ avatarId, spoken }: { avatarId: string; spoken: SpokenClip }) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const [choices, again] = useResource(api.workshop.choices);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t("studio.speakTitle")}</h2>
      <Loaded resource={choices} again={again}>
        {({ voices }) => {
          const voice =
            voices.find((one) => one.id === chosen) ??
            voices.find((one) => one.language === i18n.language) ??
            voices[0];
          if (voice === undefined) return null;
          return (
            <SayForm
              usual={t("tutors.sample", { lng: voice.language })}
              spoken={spoken}
              onSay={(text) =>
                void spoken.watch({ avatarId, voice: voice.id, language: voice.language, text })
              }
            >
              <div className="field">
                <label htmlFor={`${id}-voice`}>{t("tutors.field.voice")}</label>
                <select
                  id={`${id}-voice`}
                  className="input"
                  value={voice.id}
                  onChange={(event) => setChosen(event.target.value)}
                >
                  {voices.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name} · {t(`common.languageName.${one.language}`)}
                    </option>
                  ))}
                </select>
              </div>
            </SayForm>
          );
        }}
      </Loaded>
    </section>
  );
}
