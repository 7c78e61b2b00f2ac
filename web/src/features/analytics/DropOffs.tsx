import { useTranslation } from "react-i18next";
import type { Overview } from "../../api";
import { Figure } from "./Figure";
import type { Wish } from "./wish";

/** Lessons that broke off, with what was in the way. */
export function DropOffs({ shown, wish }: { shown: Overview; wish: Wish }) {
  const { t } = useTranslation();
  const lines = shown.drop_offs.map((line) => ({
    name: `${t(`classes.analytics.dropOff.${line.how}`)}: ${t(
      `classes.analytics.trouble.${line.trouble === "" ? "none" : line.trouble}`,
    )}`,
    ...line,
  }));
  const most = Math.max(1, ...lines.map(({ count }) => count));
  return (
    <Figure
      part="drop_offs"
      title={t("classes.analytics.dropOffs")}
      wish={wish}
      head={[
        t("classes.analytics.what"),
        t("classes.analytics.lessons"),
        t("classes.analytics.people"),
      ]}
      rows={lines.map(({ name, count, people }) => [name, count, people])}
    >
      <ul className="bars bars-warn">
        {lines.map(({ name, count }) => (
          <li key={name}>
            <span className="bar-words">
              <span className="bar-name">{name}</span>
              <span className="bar-value">{count}</span>
            </span>
            <span className="bar-room" aria-hidden="true">
              <span className="bar-length" style={{ width: `${(100 * count) / most}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </Figure>
  );
}
