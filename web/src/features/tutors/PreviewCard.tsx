import { useTranslation } from "react-i18next";
import type { TutorContent } from "../../api";
import { AiLabel } from "../../ui/AiLabel";
import { SayForm } from "./SayForm";
import { SpeakingFace } from "./SpeakingFace";
import { useSpokenClip } from "./useSpokenClip";

/** The tutor as a student will meet it; it says whatever its teacher writes. */
export function PreviewCard({ content }: { content: TutorContent }) {
  const { t } = useTranslation();
  const spoken = useSpokenClip();
  const { avatar_id: avatarId, voice, language } = content;
  const url = `/api/avatars/${encodeURIComponent(avatarId)}/poster`;
  return (
    <article className="preview" aria-label={t("tutors.preview")} data-testid="preview">
      <div className="preview-face">
        <SpeakingFace name={content.name || "·"} url={url} spoken={spoken} />
        <AiLabel className="preview-ai" />
      </div>
      <div className="preview-words">
        <h2>{content.name || t("tutors.unnamed")}</h2>
        <p className="tutor-subject">
          {[content.subject, t(`common.languageName.${language}`)].filter(Boolean).join(" · ")}
        </p>
        {content.summary && <p className="soft">{content.summary}</p>}
        {content.greeting && <p className="preview-greeting">{content.greeting}</p>}
        <SayForm
          usual={content.greeting || t("tutors.sample")}
          spoken={spoken}
          onSay={(text) => void spoken.watch({ avatarId, voice, language, text })}
        />
      </div>
    </article>
  );
}
