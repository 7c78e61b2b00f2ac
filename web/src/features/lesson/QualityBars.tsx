import type { TFunction } from "i18next";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Delivery, delivered, type Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";
import { useLevelNews } from "./useLevelNews";

const BARS = [1, 2, 3, 4, 5] as const;
/** At this many bars the reason is said without being asked. */
const WEAK = 3;
/** A weaker moment is no reason to say anything: the third reading in a row is. */
const LASTING_MS = 4_500;

/** Why, and what that does to the lesson. */
function wordsOf(t: TFunction, delivery: Delivery): string {
  if (delivery.level === "full") return t(`quality.${delivery.reason}`, { value: delivery.value });
  const cause = t(`quality.cause.${delivery.cause}`, { value: delivery.value });
  return t("quality.told", { cause, effect: t(`quality.effect.${delivery.level}`) });
}

export function QualityBars({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation();
  const measured = useStore(lesson.probe.quality);
  const sent = useStore(lesson.scene.delivery);
  const [asked, setAsked] = useState(false);
  const [lasting, setLasting] = useState(false);
  const delivery = delivered(measured, sent);
  const news = useLevelNews(sent?.level ?? "full");
  const weak = delivery !== null && delivery.bars > 0 && delivery.bars <= WEAK;

  useEffect(() => {
    setLasting(false);
    if (!weak) return;
    const timer = setTimeout(() => setLasting(true), LASTING_MS);
    return () => clearTimeout(timer);
  }, [weak]);

  const words = delivery === null ? "" : wordsOf(t, delivery);
  // Of a lesson in writing the notice below the face tells.
  const telling = news !== null && news !== "text";
  const told = news === "full" ? t("quality.back") : words;
  const said = telling ? told : words;
  const shown = asked || telling || (weak && lasting && delivery.level === "full");
  return (
    <>
      <p className="hidden-text" aria-live="polite" data-testid="quality-news">
        {telling ? told : ""}
      </p>
      {delivery !== null && (
        <button
          type="button"
          className="badge quality"
          aria-expanded={shown}
          aria-label={t("quality.label", { bars: delivery.bars, reason: said })}
          onClick={() => setAsked(!asked)}
          data-testid="quality"
          data-bars={delivery.bars}
          data-level={delivery.level}
          data-cause={delivery.level === "full" ? undefined : delivery.cause}
        >
          <Bars bars={delivery.bars} />
          {shown && <span>{said}</span>}
        </button>
      )}
    </>
  );
}

function Bars({ bars }: { bars: number }) {
  return (
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
  );
}
