import { useTranslation } from "react-i18next";
import type { Overview } from "../../api";

const PARTS = ["lessons", "people", "minutes", "questions"] as const;
const KINDS = ["cited", "not_in_library", "uncited"] as const;

/** The figures that everybody looks for first, and what answers rest on. */
export function Tiles({ shown }: { shown: Overview }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 });
  const answers = KINDS.map((kind) => ({ kind, count: shown.answers[kind] ?? 0 }));
  const all = answers.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <dl className="tiles wide">
        {PARTS.map((part) => {
          const value = shown[part];
          return (
            <div key={part} className="tile">
              <dt>{t(`classes.analytics.${part}`)}</dt>
              <dd className={value === null ? "tile-few" : undefined}>
                {value === null ? t("classes.analytics.few") : number.format(value)}
              </dd>
            </div>
          );
        })}
      </dl>
      {all > 0 && (
        <section className="panel wide" aria-label={t("classes.analytics.answers")}>
          <div className="shares" aria-hidden="true">
            {answers.map(({ kind, count }) => (
              <span key={kind} className={`share share-${kind}`} style={{ flexGrow: count }} />
            ))}
          </div>
          <ul className="share-names">
            {answers.map(({ kind, count }) => (
              <li key={kind}>
                <span className={`swatch share-${kind}`} aria-hidden="true" />
                {t(`classes.analytics.kinds.${kind}`)}: {count} ({Math.round((100 * count) / all)}{" "}
                %)
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
