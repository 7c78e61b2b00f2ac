import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api, type RetentionView } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { AdminPage } from "./AdminPage";
import { Outcome } from "./Outcome";
import { useAction } from "./useAction";

const KINDS = ["transcript_days", "recording_days", "alert_days", "audit_days"] as const;

/** How long things are kept before the night deletes them. */
export default function RetentionPage() {
  const { t } = useTranslation();
  const [kept, again] = useResource(api.retention.retention);
  return (
    <AdminPage title={t("admin.retention.title")} lead={t("admin.retention.lead")}>
      <Loaded resource={kept} again={again}>
        {(found) => <Days found={found} />}
      </Loaded>
    </AdminPage>
  );
}

function Days({ found }: { found: RetentionView }) {
  const { t } = useTranslation();
  const [progress, run] = useAction();

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const days = (kind: (typeof KINDS)[number]) => {
      const text = String(given.get(kind) ?? "").trim();
      return text === "" ? null : Number(text);
    };
    void run(() =>
      api.retention.changeRetention({
        transcript_days: days("transcript_days"),
        recording_days: days("recording_days"),
        alert_days: days("alert_days"),
        audit_days: days("audit_days"),
      }),
    );
  }

  return (
    <form className="limits" onSubmit={save}>
      {KINDS.map((kind) => (
        <div className="field" key={kind}>
          <label htmlFor={kind}>{t(`admin.retention.kinds.${kind}`)}</label>
          <input
            className="input"
            id={kind}
            name={kind}
            type="number"
            inputMode="numeric"
            min={1}
            max={3650}
            placeholder={t("admin.retention.forEver")}
            defaultValue={found[kind] ?? ""}
            aria-describedby={`${kind}-about`}
          />
          <p className="small quiet" id={`${kind}-about`}>
            {t(`admin.retention.about.${kind}`)}
          </p>
        </div>
      ))}
      <p className="quiet">{t("admin.retention.night")}</p>
      <Button look="primary" type="submit" disabled={progress.state === "busy"} data-testid="save">
        {t("admin.save")}
      </Button>
      <Outcome progress={progress} done={t("admin.saved")} />
    </form>
  );
}
