import { useTranslation } from "react-i18next";

export const STEPS = ["name", "face", "documents", "ready"] as const;

/** Where one is on the way to a new tutor. */
export function Steps({ now }: { now: number }) {
  const { t } = useTranslation();
  return (
    <ol className="guide-steps" aria-label={t("tutors.guide.steps")}>
      {STEPS.map((step, index) => (
        <li
          key={step}
          className={index < now ? "guide-step guide-step-done" : "guide-step"}
          aria-current={index === now ? "step" : undefined}
        >
          <span className="guide-step-number" aria-hidden="true">
            {index + 1}
          </span>
          <span className="guide-step-name">{t(`tutors.guide.step.${step}`)}</span>
        </li>
      ))}
    </ol>
  );
}
