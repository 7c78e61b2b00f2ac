import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, type LessonBody, type LessonSumming } from "../../api";
import type { Citation } from "../../protocol";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useStartLesson } from "../home/useStartLesson";

type KeySentence = LessonSumming["key_sentences"][number];

interface Props {
  lesson: LessonBody;
  onCite: (citation: Citation) => void;
}

/** What a lesson was about: questions, sentences worth keeping with their sources, what to practise. */
export function Summary({ lesson, onCite }: Props) {
  const load = useCallback(() => api.lessons.summary(lesson.id), [lesson.id]);
  const [summary, again] = useResource(load);
  return (
    <Loaded resource={summary} again={again}>
      {(found) => <Summed lesson={lesson} summary={found} onCite={onCite} />}
    </Loaded>
  );
}

/** A sentence that rests on several passages is said once. */
function bySentence(found: readonly KeySentence[]): Map<string, KeySentence[]> {
  const sentences = new Map<string, KeySentence[]>();
  for (const one of found) {
    const sentence = `${one.turn_id} ${one.content}`;
    sentences.set(sentence, [...(sentences.get(sentence) ?? []), one]);
  }
  return sentences;
}

function Summed({ lesson, summary, onCite }: Props & { summary: LessonSumming }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { starting, start } = useStartLesson();
  const { asked, key_sentences, practise, mastered, minutes } = summary;
  return (
    <section className="summary" aria-labelledby="summary-title" data-testid="summary">
      <h2 id="summary-title">{t("learning.summary.title")}</h2>
      <p className="small">
        {minutes === 0
          ? t("learning.summary.short")
          : t("learning.summary.minutes", { count: minutes })}
      </p>
      {asked.length === 0 && <p>{t("learning.summary.empty")}</p>}
      {asked.length > 0 && (
        <div>
          <h3>{t("learning.summary.asked")}</h3>
          <ul className="summary-list">
            {asked.map((question) => (
              <li key={question.turn_id}>
                <Link to={`#turn-${question.turn_id}`}>{question.content}</Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      {key_sentences.length > 0 && (
        <div>
          <h3>{t("learning.summary.key")}</h3>
          <ul className="summary-list" data-testid="key-sentences">
            {[...bySentence(key_sentences)].map(([sentence, citations]) => (
              <li key={sentence}>
                <p>{citations[0]?.content}</p>
                <div className="sources">
                  {citations.map(({ citation }) => (
                    <button
                      key={citation.n}
                      type="button"
                      className="chip"
                      onClick={() => onCite(citation)}
                    >
                      <span className="chip-number">{citation.n}</span>
                      <span className="chip-title">{citation.title}</span>
                      <span className="chip-page">{t("common.page", { page: citation.page })}</span>
                    </button>
                  ))}
                </div>
              </li>
            ))}
          </ul>
        </div>
      )}
      {practise.length > 0 && (
        <div>
          <h3>{t("learning.summary.practise")}</h3>
          <ul className="summary-terms" data-testid="practise">
            {practise.map((one) => (
              <li key={one.turn_id}>
                <strong>{one.concept}</strong>
                {one.source && (
                  <span className="small">
                    {" "}
                    {t("learning.summary.from", { source: one.source })}
                  </span>
                )}
              </li>
            ))}
          </ul>
          <Button
            disabled={starting.state === "yes"}
            onClick={() =>
              starting.state === "failed"
                ? void navigate(paths.home)
                : void start(lesson.tutor.id, "quiz")
            }
          >
            {t("learning.summary.practiseWith", { name: lesson.tutor.name })}
          </Button>
        </div>
      )}
      {mastered.length > 0 && (
        <div>
          <h3>{t("learning.summary.mastered")}</h3>
          <p data-testid="mastered">{mastered.join(" · ")}</p>
        </div>
      )}
    </section>
  );
}
