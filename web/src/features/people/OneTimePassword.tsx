import { useTranslation } from "react-i18next";
import type { PersonWithPassword } from "../../api";
import { useFormats } from "../../ui/useFormats";
import { Copied } from "./Copied";

/** A new password of somebody else, the only time it is shown. */
export function OneTimePassword({ made }: { made: PersonWithPassword }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  return (
    <div className="once-card" role="status">
      <h3>{t("people.oneTime.title")}</h3>
      <p>{t("people.oneTime.lead", { date: day(made.password_until) })}</p>
      <Copied label={made.person.username} value={made.password} />
    </div>
  );
}
