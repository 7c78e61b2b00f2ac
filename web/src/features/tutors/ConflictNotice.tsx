import { useTranslation } from "react-i18next";
import type { TutorContent, TutorDraft } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { differing } from "./draftKeeper";
import { useFieldName } from "./fields";

interface Props {
  content: TutorContent;
  theirs: TutorDraft | null;
  onMine: () => void;
  onTheirs: () => void;
}

/** Somebody, or another tab, has saved meanwhile: both are still there, and one is chosen. */
export function ConflictNotice({ content, theirs, onMine, onTheirs }: Props) {
  const { t } = useTranslation();
  const fieldName = useFieldName();
  const fields = theirs === null ? [] : differing(content, theirs.content).map(fieldName);
  return (
    <Notice
      actions={
        <>
          <Button onClick={onTheirs}>{t("tutors.conflict.theirs")}</Button>
          <Button look="primary" onClick={onMine} data-testid="keep-mine">
            {t("tutors.conflict.mine")}
          </Button>
        </>
      }
    >
      <p>{t("tutors.conflict.told")}</p>
      {fields.length > 0 && (
        <p className="small">{t("tutors.conflict.fields", { fields: fields.join(", ") })}</p>
      )}
    </Notice>
  );
}
