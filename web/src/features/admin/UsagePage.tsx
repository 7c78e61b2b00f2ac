import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type QuotaChange, type QuotaUse, type UsageView } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { AdminPage } from "./AdminPage";
import { useAmounts } from "./amounts";
import { Outcome } from "./Outcome";
import { useAction } from "./useAction";

const GIGABYTE = 1_000_000_000;

/** What the school uses, beside what it may use; and the school's own limits. */
export default function UsagePage() {
  const { t } = useTranslation();
  const [usage, again] = useResource(api.quotas.usage);
  return (
    <AdminPage title={t("admin.usage.title")} lead={t("admin.usage.lead")}>
      <Loaded resource={usage} again={again}>
        {(found) => <Usage found={found} />}
      </Loaded>
    </AdminPage>
  );
}

function Usage({ found }: { found: UsageView }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(found);
  return (
    <>
      <ul className="meters" data-testid="meters">
        {now.uses.map((use) => (
          <li key={use.kind}>
            <Meter use={use} />
          </li>
        ))}
      </ul>
      <h2 className="section-head">{t("admin.usage.limits")}</h2>
      <p className="quiet">{t("admin.usage.limitsLead")}</p>
      <Limits uses={now.uses} changed={setNow} />
    </>
  );
}

function Meter({ use }: { use: QuotaUse }) {
  const { t } = useTranslation();
  const { count, bytes } = useAmounts();
  const amount = use.kind === "storage_bytes" ? bytes : count;
  const share = use.limit === null ? 0 : Math.min(1, use.used / Math.max(1, use.limit));
  const name = t(`admin.usage.kinds.${use.kind}`);
  return (
    <div className="meter-card" data-full={share >= 0.9}>
      <span className="meter-name">{name}</span>
      <span className="meter-value">
        <strong>{amount(use.used)}</strong>{" "}
        <span className="soft small">
          {use.limit === null
            ? t("admin.usage.unlimited")
            : t("admin.usage.of", { limit: amount(use.limit) })}
        </span>
      </span>
      {use.limit !== null && (
        <progress className="meter" max={1} value={share} aria-label={name}>
          {Math.round(share * 100)} %
        </progress>
      )}
    </div>
  );
}

function Limits({
  uses,
  changed,
}: {
  uses: readonly QuotaUse[];
  changed: (now: UsageView) => void;
}) {
  const { t } = useTranslation();
  const [progress, run] = useAction();

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const limit = (kind: string) => {
      const text = String(given.get(kind) ?? "").trim();
      return text === "" ? null : Number(text);
    };
    const storage = limit("storage_bytes");
    const wish: QuotaChange = {
      lessons_at_once: limit("lessons_at_once"),
      minutes_per_month: limit("minutes_per_month"),
      avatar_builds_per_month: limit("avatar_builds_per_month"),
      storage_bytes: storage === null ? null : Math.round(storage * GIGABYTE),
    };
    void run(async () => changed(await api.quotas.change(wish)));
  }

  return (
    <form className="limits" onSubmit={save}>
      {uses.map(({ kind, own, ceiling }) => {
        const unit = kind === "storage_bytes" ? GIGABYTE : 1;
        return (
          <div className="field" key={kind}>
            <label htmlFor={kind}>{t(`admin.usage.fields.${kind}`)}</label>
            <input
              className="input"
              id={kind}
              name={kind}
              type="number"
              inputMode="decimal"
              min={0}
              max={1_000_000}
              step={kind === "storage_bytes" ? "any" : 1}
              placeholder={t("admin.usage.noLimit")}
              defaultValue={own === null ? "" : own / unit}
              aria-describedby={ceiling === null ? undefined : `${kind}-ceiling`}
            />
            {ceiling !== null && (
              <p className="small quiet" id={`${kind}-ceiling`}>
                {t("admin.usage.ceiling", { ceiling: ceiling / unit })}
              </p>
            )}
          </div>
        );
      })}
      <Button look="primary" type="submit" disabled={progress.state === "busy"} data-testid="save">
        {t("admin.save")}
      </Button>
      <Outcome progress={progress} done={t("admin.saved")} />
    </form>
  );
}
