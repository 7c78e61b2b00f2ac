import { useTranslation } from "react-i18next";
import type { ExportView } from "../../api";
import { useAmounts } from "./amounts";

/** Archives that were asked for: being made, to be fetched, or failed. */
export function ExportList({ exports }: { exports: readonly ExportView[] }) {
  const { t } = useTranslation();
  const { bytes, moment } = useAmounts();
  return (
    <ul className="records" data-testid="exports">
      {exports.map((found) => (
        <li key={found.id} data-state={found.state}>
          <span className="record-words">
            <strong>{t(found.person_id ? "admin.data.ofPerson" : "admin.data.ofSchool")}</strong>
            <span className="small quiet">{moment(found.created_at)}</span>
          </span>
          {found.file_url ? (
            <span className="record-end">
              <a className="button button-quiet" href={found.file_url} download>
                {t("admin.data.fetch", { size: bytes(found.size_bytes ?? 0) })}
              </a>
              <span className="small quiet">
                {t("admin.data.until", { when: moment(found.expires_at) })}
              </span>
            </span>
          ) : (
            <span className="state-word">{t(`admin.data.states.${found.state}`)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
