import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";

const BARS = [1, 2, 3, 4, 5] as const;
/** At this many bars the reason is said without being asked. */
const WEAK = 3;

export function QualityBars({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation();
  const quality = useStore(lesson.probe.quality);
  const [asked, setAsked] = useState(false);
  if (quality === null) return null;
  const { bars, reason, value } = quality;
  const words = t(`quality.${reason}`, { value });
  const shown = asked || (bars > 0 && bars <= WEAK);
  return (
    <button
      type="button"
      className="badge quality"
      aria-expanded={shown}
      aria-label={t("quality.label", { bars, reason: words })}
      onClick={() => setAsked(!asked)}
      data-testid="quality"
      data-bars={bars}
    >
      <svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true" focusable="false">
        {BARS.map((bar) => (
          <rect
            key={bar}
            className={bar <= bars ? "bar-on" : "bar-off"}
            x={(bar - 1) * 5}
            y={15 - bar * 2.6}
            width="3"
            height={bar * 2.6}
            rx="1"
          />
        ))}
      </svg>
      {shown && <span>{words}</span>}
    </button>
  );
}
