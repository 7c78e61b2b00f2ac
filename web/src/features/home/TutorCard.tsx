import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mode, Tutor } from "../../api";
import { Button } from "../../ui/Button";
import { Poster } from "../../ui/Poster";
import { ModeCards } from "../teaching/ModeCards";

interface Props {
  tutor: Tutor;
  busy: boolean;
  disabled: boolean;
  onStart: (mode: Mode) => void;
}

/** One tutor: the face, what it teaches, how, and the way in. */
export function TutorCard({ tutor, busy, disabled, onStart }: Props) {
  const { t } = useTranslation();
  const [mode, setMode] = useState(tutor.mode);
  return (
    <article
      className="tutor"
      aria-labelledby={`tutor-${tutor.id}`}
      data-testid="tutor"
      data-tutor={tutor.id}
    >
      <div className="tutor-face">
        <Poster name={tutor.name} url={tutor.poster_url} />
      </div>
      <div className="tutor-words">
        <h2 id={`tutor-${tutor.id}`}>{tutor.name}</h2>
        <p className="tutor-subject">
          {tutor.subject} · {t(`common.languageName.${tutor.language}`)}
        </p>
        <p className="tutor-summary">{tutor.summary}</p>
        <ul className="tutor-library" aria-label={t("home.library")}>
          {tutor.documents.map((document) => (
            <li key={document.id}>{document.title}</li>
          ))}
        </ul>
      </div>
      <div className="tutor-start">
        <Button
          look="primary"
          disabled={disabled}
          onClick={() => onStart(mode)}
          aria-label={t("home.startWith", { name: tutor.name })}
          data-testid="start-with"
        >
          {t(busy ? "home.starting" : "home.start")}
        </Button>
        <ModeCards chosen={mode} usual={tutor.mode} disabled={disabled} onChoose={setMode} />
      </div>
    </article>
  );
}
