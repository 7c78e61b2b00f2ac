import { useTranslation } from "react-i18next";
import type { Tutor } from "../../api";
import { Button } from "../../ui/Button";
import { Poster } from "../../ui/Poster";

interface Props {
  tutor: Tutor;
  busy: boolean;
  disabled: boolean;
  onStart: () => void;
}

/** One tutor: the face, what it teaches, and the way in. */
export function TutorCard({ tutor, busy, disabled, onStart }: Props) {
  const { t } = useTranslation();
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
        <Button
          look="primary"
          disabled={disabled}
          onClick={onStart}
          aria-label={t("home.startWith", { name: tutor.name })}
          data-testid="start-with"
        >
          {t(busy ? "home.starting" : "home.start")}
        </Button>
      </div>
    </article>
  );
}
