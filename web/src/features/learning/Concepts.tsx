import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type ConceptView } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { useFormats } from "../../ui/useFormats";
import type { PartProps } from "./Facts";

/** What was practised, with an estimate in words, as a bar and in percent, and every answer behind it. */
export function Concepts({ concepts, act }: PartProps & { concepts: readonly ConceptView[] }) {
  const { t } = useTranslation();
  return (
    <section className="known-part" aria-labelledby="concepts-title">
      <h2 id="concepts-title">{t("learning.known.concepts")}</h2>
      {concepts.length === 0 ? (
        <>
          <p className="small">{t("learning.known.noConcepts")}</p>
          <Link className="button button-primary known-start" to={paths.home}>
            {t("learning.known.toTutors")}
          </Link>
        </>
      ) : (
        <ul className="concepts" data-testid="concepts">
          {concepts.map((concept) => (
            <li
              key={concept.key}
              className="concept"
              data-testid="concept"
              data-level={concept.level}
            >
              <Concept concept={concept} act={act} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Concept({ concept, act }: PartProps & { concept: ConceptView }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const percent = Math.round(concept.mastery * 100);
  return (
    <>
      <div className="concept-head">
        <strong>{concept.concept}</strong>
        <span className="small">{t(`learning.known.level.${concept.level}`)}</span>
        <Button
          look="plain"
          icon="close"
          iconOnly
          onClick={() => void act(() => api.learning.forgetConcept({ concept: concept.key }))}
          data-testid="forget-concept"
        >
          {t("learning.known.forget", { words: concept.concept })}
        </Button>
      </div>
      <meter
        className="concept-bar"
        min={0}
        max={100}
        value={percent}
        aria-label={t("learning.known.chance", { percent })}
        title={t("learning.known.chance", { percent })}
      />
      <details className="concept-why">
        <summary>{t("learning.known.why")}</summary>
        <ul>
          {concept.evidence.map((piece) => (
            <li key={piece.turn_id}>
              <span>
                {t(`learning.known.${piece.outcome}`)} ·{" "}
                {t(`learning.known.evidence.${piece.kind}`)} · {day(piece.created_at)}
              </span>{" "}
              <Link to={`${paths.record(piece.lesson_id)}#turn-${piece.turn_id}`}>
                {t("learning.known.where")}
              </Link>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
