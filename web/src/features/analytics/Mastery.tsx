import { useTranslation } from "react-i18next";
import type { Overview } from "../../api";
import { Figure } from "./Figure";
import type { Wish } from "./wish";

/** How the concepts of a class are mastered, least known first. */
export function Mastery({ shown, wish }: { shown: Overview; wish: Wish }) {
  const { t } = useTranslation();
  const percent = (average: number) => Math.round(100 * average);
  return (
    <Figure
      part="mastery"
      title={t("classes.analytics.mastery")}
      wish={wish}
      head={[
        t("classes.analytics.what"),
        t("classes.analytics.people"),
        t("classes.analytics.mastery"),
      ]}
      rows={shown.mastery.map((row) => [row.concept, row.people, `${percent(row.average)} %`])}
    >
      <ul className="bars">
        {shown.mastery.map((row) => (
          <li key={row.concept}>
            <span className="bar-words">
              <span className="bar-name">{row.concept}</span>
              <span className="bar-value">
                {t("classes.analytics.masteryLine", { secure: row.secure, shaky: row.shaky })}
              </span>
            </span>
            <span className="bar-room" aria-hidden="true">
              <span className="bar-length" style={{ width: `${percent(row.average)}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </Figure>
  );
}
