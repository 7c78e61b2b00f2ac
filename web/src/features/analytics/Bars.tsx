import { useTranslation } from "react-i18next";
import type { Count } from "../../api";
import { Figure } from "./Figure";
import type { Part, Wish } from "./wish";

interface Props {
  part: Part;
  title: string;
  lead?: string;
  lines: readonly Count[];
  wish: Wish;
  measure?: "count" | "minutes";
  tone?: "accent" | "warn";
  onOpen?: (name: string) => void;
}

const SHOWN = 10;

/** Lengths that can be compared, the longest first; the table has the rest. */
export function Bars({ part, title, lead, lines, wish, measure = "count", tone, onOpen }: Props) {
  const { t } = useTranslation();
  const most = Math.max(1, ...lines.map((line) => line[measure]));
  const value = (line: Count) =>
    measure === "minutes"
      ? t("classes.analytics.minutesOf", { value: line.minutes })
      : String(line.count);
  const head =
    measure === "minutes" ? ["what", "lessons", "people", "minutes"] : ["what", "count", "people"];
  const rows = lines.map((line) =>
    measure === "minutes"
      ? [line.name, line.count, line.people, line.minutes]
      : [line.name, line.count, line.people],
  );
  return (
    <Figure
      part={part}
      title={title}
      {...(lead ? { lead } : {})}
      wish={wish}
      head={head.map((name) =>
        t(`classes.analytics.${name as "what" | "lessons" | "people" | "minutes" | "count"}`),
      )}
      rows={rows}
    >
      <ul className={tone === "warn" ? "bars bars-warn" : "bars"}>
        {lines.slice(0, SHOWN).map((line) => (
          <li key={line.key}>
            <span className="bar-words">
              <span className="bar-name">
                {onOpen ? (
                  <button type="button" className="bar-open" onClick={() => onOpen(line.key)}>
                    {line.name}
                    <span className="hidden-text">: {t("classes.analytics.showTurns")}</span>
                  </button>
                ) : (
                  line.name
                )}
              </span>
              <span className="bar-value">{value(line)}</span>
            </span>
            <span className="bar-room" aria-hidden="true">
              <span className="bar-length" style={{ width: `${(100 * line[measure]) / most}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </Figure>
  );
}
