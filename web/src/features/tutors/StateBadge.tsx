import { useTranslation } from "react-i18next";
import type { WorkTutor } from "../../api";

/** Whether students meet a tutor, in words. */
export function StateBadge({ state, changed }: { state: WorkTutor["state"]; changed: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={`state state-${state}`} data-testid="tutor-state">
      {t(`tutors.state.${state}`)}
      {changed && <span className="state-more">{t("tutors.state.changed")}</span>}
    </span>
  );
}
