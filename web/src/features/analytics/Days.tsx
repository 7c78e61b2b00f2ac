import { useTranslation } from "react-i18next";
import type { Overview } from "../../api";
import { Figure } from "./Figure";
import { daysBetween, type Wish } from "./wish";

const WIDTH = 720;
const HEIGHT = 140;
const MARGIN = 20;
const GAP = 0.25;

/** Lessons of each day as columns; a day without one is a gap. */
export function Days({ shown, wish }: { shown: Overview; wish: Wish }) {
  const { t, i18n } = useTranslation();
  const title = t("classes.analytics.perDay");
  const counts = new Map(shown.days.map((line) => [line.name, line.count]));
  const days = daysBetween(shown.since, shown.until);
  const most = Math.max(1, ...counts.values());
  const step = WIDTH / days.length;
  const short = new Intl.DateTimeFormat(i18n.language === "zh" ? "zh-CN" : "en-GB", {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  return (
    <Figure
      part="days"
      title={title}
      wish={wish}
      wide
      head={[
        t("classes.analytics.days"),
        t("classes.analytics.lessons"),
        t("classes.analytics.people"),
        t("classes.analytics.minutes"),
      ]}
      rows={shown.days.map((line) => [line.name, line.count, line.people, line.minutes])}
    >
      <svg
        className="days"
        viewBox={`0 0 ${WIDTH} ${HEIGHT + MARGIN}`}
        role="img"
        aria-label={title}
      >
        <line className="days-ground" x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        {days.map((day, at) => {
          const height = ((counts.get(day) ?? 0) / most) * (HEIGHT - MARGIN);
          return height === 0 ? null : (
            <rect
              key={day}
              x={at * step + (step * GAP) / 2}
              y={HEIGHT - height}
              width={step * (1 - GAP)}
              height={height}
              rx={Math.min(3, step / 4)}
            >
              <title>{`${short.format(new Date(day))}: ${counts.get(day)}`}</title>
            </rect>
          );
        })}
        <text x={0} y={HEIGHT + MARGIN - 4}>
          {short.format(new Date(shown.since))}
        </text>
        <text x={WIDTH} y={HEIGHT + MARGIN - 4} textAnchor="end">
          {short.format(new Date(shown.until))}
        </text>
        <text x={0} y={MARGIN - 6}>
          {most}
        </text>
      </svg>
    </Figure>
  );
}
