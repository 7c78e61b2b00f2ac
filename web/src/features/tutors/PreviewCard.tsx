import { useTranslation } from "react-i18next";
import type { TutorContent } from "../../api";
import { Poster } from "../../ui/Poster";

/** The tutor as a student will meet it. */
export function PreviewCard({ content }: { content: TutorContent }) {
  const { t } = useTranslation();
  const url = `/api/avatars/${encodeURIComponent(content.avatar_id)}/poster`;
  return (
    <article className="preview" aria-label={t("tutors.preview")} data-testid="preview">
      <div className="preview-face">
        <Poster key={url} name={content.name || "·"} url={url} />
        <span className="preview-ai">{t("lesson.ai")}</span>
      </div>
      <div className="preview-words">
        <h2>{content.name || t("tutors.unnamed")}</h2>
        <p className="tutor-subject">
          {[content.subject, t(`common.languageName.${content.language}`)]
            .filter(Boolean)
            .join(" · ")}
        </p>
        {content.summary && <p className="soft">{content.summary}</p>}
        {content.greeting && <p className="preview-greeting">{content.greeting}</p>}
      </div>
    </article>
  );
}
