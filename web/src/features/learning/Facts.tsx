import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type LearningView } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import type { Act } from "./act";

const MOST_CHARS = 160;

export interface PartProps {
  act: Act;
}

/** What the student told, each with a way to forget it, and a line to tell more. */
export function Facts({ known, act }: PartProps & { known: LearningView }) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");

  function add(event: FormEvent) {
    event.preventDefault();
    const content = words.trim();
    if (content === "") return;
    setWords("");
    void act(() => api.learning.tell({ content }));
  }

  return (
    <section className="known-part" aria-labelledby="facts-title">
      <h2 id="facts-title">{t("learning.known.facts")}</h2>
      {known.facts.length === 0 && <p className="small">{t("learning.known.noFacts")}</p>}
      <ul className="facts" data-testid="facts">
        {known.facts.map((fact) => (
          <li key={fact.id} className="fact" data-testid="fact">
            <span className="fact-words">
              <span className="small">{t(`learning.known.kind.${fact.kind}`)}</span>
              <strong>{fact.content}</strong>
              {fact.lesson_id && (
                <Link className="small" to={paths.record(fact.lesson_id)}>
                  {t("learning.known.said")}
                </Link>
              )}
            </span>
            <Button
              look="plain"
              icon="close"
              iconOnly
              onClick={() => void act(() => api.learning.forgetFact(fact.id))}
              data-testid="forget-fact"
            >
              {t("learning.known.forget", { words: fact.content })}
            </Button>
          </li>
        ))}
      </ul>
      <form className="fact-form" onSubmit={add}>
        <div className="field">
          <label htmlFor="fact">{t("learning.known.tell")}</label>
          <input
            id="fact"
            className="input"
            maxLength={MOST_CHARS}
            value={words}
            disabled={!known.remember}
            placeholder={t("learning.known.tellPlaceholder")}
            onChange={(event) => setWords(event.target.value)}
            data-testid="tell"
          />
        </div>
        <Button type="submit" disabled={!known.remember} data-testid="tell-go">
          {t("learning.known.add")}
        </Button>
      </form>
    </section>
  );
}
