import { useTranslation } from "react-i18next";

interface Props {
  className: string;
  /** What a school says of this face besides; it never takes the place of the words that a machine speaks. */
  own?: string | undefined;
}

/** That a face is a machine's: on every moving or still picture of a tutor. */
export function AiLabel({ className, own }: Props) {
  const { t } = useTranslation();
  return (
    <span className={className} data-testid="ai-label">
      {[t("lesson.ai"), own].filter(Boolean).join(" · ")}
    </span>
  );
}
