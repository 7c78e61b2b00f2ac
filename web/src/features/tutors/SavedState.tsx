import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { useErrorText } from "../../ui/useErrorText";
import type { Saving } from "./draftKeeper";

/** Says whether what is written is stored. */
export function SavedState({ saving, again }: { saving: Saving; again: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  if (saving.state === "moved") return null;
  if (saving.state === "failed") {
    return (
      <span className="saved saved-failed" role="status" data-testid="saved">
        {errorText(saving.error).text} <Button onClick={again}>{t("common.tryAgain")}</Button>
      </span>
    );
  }
  return (
    <span className="saved" role="status" data-testid="saved" data-state={saving.state}>
      {t(saving.state === "saved" ? "tutors.saved" : "tutors.saving")}
    </span>
  );
}
