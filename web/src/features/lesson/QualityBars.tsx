import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";

const BARS = [1, 2, 3, 4, 5] as const;
/** At this many bars the reason is said without being asked. */
const WEAK = 3;
/** A weaker moment is no reason to say anything: the third reading in a row is. */
const LASTING_MS = 4_500;

export function QualityBars({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation();
  const quality = useStore(lesson.probe.quality);
  const [asked, setAsked] = useState(false);
  const [lasting, setLasting] = useState(false);
  const weak = quality !== null && quality.bars > 0 && quality.bars <= WEAK;

  useEffect(() => {
    setLasting(false);
    if (!weak) return;
    const timer = setTimeout(() => setLasting(true), LASTING_MS);
    return () => clearTimeout(timer);
  }, [weak]);

  if (quality === null) return null;
  const { bars, reason, value } = quality;
  const words = t(`quality.${reason}`, { value });
  const shown = asked || (weak && lasting);
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
