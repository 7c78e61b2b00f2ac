import { useTranslation } from "react-i18next";
import type { AuditView } from "../../api";
import { useFormats } from "../../ui/useFormats";
import { actionKey, type KnownAction, type KnownDetail } from "./auditKinds";
import { ROLES } from "./roles";

const METHODS = ["password", "provider", "invitation", "join"] as const;
const OPERATOR = "operator";
/** Who did it is said apart; numbers of rows tell a reader nothing. */
const UNSAID = new Set(["by", "lesson", "lesson_id", "person_id"]);

/** One entry: about whom, what, by whom, when. */
export function AuditRow({ entry }: { entry: AuditView }) {
  const { t, i18n } = useTranslation();
  const { day } = useFormats();
  const by = useAuthor(entry);
  const details = useDetails(entry);
  // Other parts of the product write entries too; those without words here show their own name.
  const key = actionKey(entry.action);
  const known = i18n.exists(`people.audit.actions.${key}`);
  return (
    <li className="entry">
      <div className="entry-words">
        <p>
          {entry.about_name && <strong>{entry.about_name}</strong>}{" "}
          {known ? t(`people.audit.actions.${key as KnownAction}`) : entry.action}
        </p>
        <p className="small">{[by, ...details].filter(Boolean).join(" · ")}</p>
      </div>
      <time className="small" dateTime={entry.at}>
        {day(entry.at)}
      </time>
    </li>
  );
}

/** Who did it, unless it is the person whom it is about, or somebody who was not signed in. */
function useAuthor({ person, person_id, about, details }: AuditView): string {
  const { t } = useTranslation();
  if (details.by === OPERATOR) return t("people.audit.operator");
  if (person_id === null || person_id === about) return "";
  return person || t("people.audit.gone");
}

function useDetails({ details }: AuditView): string[] {
  const { t, i18n } = useTranslation();

  function words(value: string): string {
    if (value === "true" || value === "false")
      return t(value === "true" ? "people.audit.yes" : "people.audit.no");
    const role = ROLES.find((one) => one === value);
    if (role) return t(`people.roles.${role}`);
    const method = METHODS.find((one) => one === value);
    return method ? t(`people.profile.methods.${method}`) : value;
  }

  return Object.entries(details)
    .filter(([name, value]) => value !== null && value !== "" && !UNSAID.has(name))
    .map(([name, value]) => {
      const known = i18n.exists(`people.audit.details.${name}`);
      const label = known ? t(`people.audit.details.${name as KnownDetail}`) : name;
      return name === "method" || name === "device"
        ? words(String(value))
        : `${label}: ${words(String(value))}`;
    });
}
