import { useTranslation } from "react-i18next";
import { api, type Id } from "../../api";

const FORMATS = ["md", "txt", "json", "vtt"] as const;

/** The lesson as a file, in four forms; each says that an AI spoke. */
export function TakeAlong({ lessonId }: { lessonId: Id }) {
  const { t } = useTranslation();
  return (
    <nav className="take-along" aria-label={t("learning.export.title")}>
      <span className="small">{t("learning.export.title")}</span>
      {FORMATS.map((format) => (
        <a
          key={format}
          className="button button-quiet"
          href={api.transcriptFile(lessonId, format)}
          download
          data-testid={`export-${format}`}
        >
          {t(`learning.export.${format}`)}
        </a>
      ))}
    </nav>
  );
}
