import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type AuditPage as AuditAnswer, api } from "../../api";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";
import { useTitle } from "../../ui/useTitle";
import { AuditRow } from "./AuditRow";
import { KINDS, type Kind } from "./auditKinds";
import "../session/field.css";
import "./people.css";

/** Who did what and when, the newest first. */
export default function AuditPage() {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>("all");
  const [page, setPage] = useState<AuditAnswer | null>(null);
  const [error, setError] = useState<unknown>(null);
  useTitle(t("people.audit.title"));
  const asked = kind === "all" ? "" : kind;

  const ask = useCallback(
    (before: AuditAnswer | null) => {
      let wanted = true;
      setError(null);
      api.audit.entries({ kind: asked, before: before?.next ?? null }).then(
        (found) =>
          wanted && setPage({ ...found, entries: [...(before?.entries ?? []), ...found.entries] }),
        (reason: unknown) => wanted && setError(reason),
      );
      return () => {
        wanted = false;
      };
    },
    [asked],
  );

  useEffect(() => {
    setPage(null);
    return ask(null);
  }, [ask]);

  return (
    <>
      <header className="page-head">
        <h1>{t("people.audit.title")}</h1>
        <p>{t("people.audit.lead")}</p>
      </header>
      <div className="finder">
        <select
          className="input"
          aria-label={t("people.audit.kind")}
          value={kind}
          onChange={({ currentTarget }) =>
            setKind(KINDS.find((known) => known === currentTarget.value) ?? "all")
          }
        >
          {KINDS.map((known) => (
            <option key={known} value={known}>
              {t(`people.audit.kinds.${known}`)}
            </option>
          ))}
        </select>
        <a className="button button-quiet" href={`/api/audit.csv?kind=${asked}`} download>
          {t("people.audit.table")}
        </a>
      </div>
      {error !== null && <Failed error={error} again={() => ask(null)} />}
      {error === null && page === null && (
        <p className="waiting" role="status">
          {t("common.loading")}
        </p>
      )}
      {page?.entries.length === 0 && (
        <div className="empty">
          <p>{t("people.audit.empty")}</p>
        </div>
      )}
      {page !== null && page.entries.length > 0 && (
        <ol className="entries" data-testid="audit">
          {page.entries.map((entry) => (
            <AuditRow key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
      {page?.next && <Button onClick={() => ask(page)}>{t("people.more")}</Button>}
    </>
  );
}
