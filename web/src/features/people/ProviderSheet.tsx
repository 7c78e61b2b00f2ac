import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api, type ProviderView } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Sheet } from "../../ui/Sheet";
import { Choice, Field, Tick } from "../session/Field";
import { useDoing } from "../session/useDoing";

interface Props {
  /** Null: a new one. */
  provider: ProviderView | null;
  onClose: () => void;
}

export function ProviderSheet({ provider, onClose }: Props) {
  const { t } = useTranslation();
  const { busy, problem, run } = useDoing();
  const label = provider?.name ?? t("people.providers.add");

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const secret = text("client_secret");
    const settings = {
      name: text("name"),
      issuer: text("issuer"),
      client_id: text("client_id"),
      domains: text("domains")
        .split(/[\s,;]+/)
        .filter(Boolean),
      default_role:
        form.get("default_role") === "teacher" ? ("teacher" as const) : ("student" as const),
      makes_accounts: form.has("makes_accounts"),
      links_by_email: form.has("links_by_email"),
      listed: form.has("listed"),
      enabled: form.has("enabled"),
    };
    void run(async () => {
      if (provider === null) await api.sso.add({ ...settings, client_secret: secret });
      else await api.sso.change(provider.id, { ...settings, client_secret: secret || null });
      onClose();
    });
  }

  return (
    <Sheet kind="card" label={label} onClose={onClose}>
      <div className="person-sheet">
        <h2>{label}</h2>
        <form className="person-form" onSubmit={save}>
          <Field
            label={t("people.providers.name")}
            name="name"
            defaultValue={provider?.name}
            maxLength={100}
            required
          />
          <Field
            label={t("people.providers.issuer")}
            hint={t("people.providers.issuerHint")}
            name="issuer"
            type="url"
            defaultValue={provider?.issuer}
            maxLength={300}
            required
          />
          <Field
            label={t("people.providers.client")}
            name="client_id"
            defaultValue={provider?.client_id}
            maxLength={300}
            autoComplete="off"
            required
          />
          <Field
            label={t("people.providers.secret")}
            hint={provider?.has_secret ? t("people.providers.secretKept") : undefined}
            name="client_secret"
            type="password"
            maxLength={500}
            autoComplete="off"
          />
          <Field
            label={t("people.providers.domains")}
            hint={t("people.providers.domainsHint")}
            name="domains"
            defaultValue={provider?.domains.join(" ")}
            autoComplete="off"
          />
          <Choice
            label={t("people.providers.newRole")}
            name="default_role"
            defaultValue={provider?.default_role ?? "student"}
          >
            <option value="student">{t("people.roles.student")}</option>
            <option value="teacher">{t("people.roles.teacher")}</option>
          </Choice>
          <div>
            <Tick
              label={t("people.providers.makes")}
              name="makes_accounts"
              defaultChecked={provider?.makes_accounts ?? true}
            />
            <Tick
              label={t("people.providers.links")}
              name="links_by_email"
              defaultChecked={provider?.links_by_email ?? true}
            />
            <Tick
              label={t("people.providers.listed")}
              name="listed"
              defaultChecked={provider?.listed ?? true}
            />
            <Tick
              label={t("people.providers.enabled")}
              name="enabled"
              defaultChecked={provider?.enabled ?? true}
            />
          </div>
          {problem !== null && <Notice>{problem}</Notice>}
          <p className="card-actions">
            <Button type="submit" look="primary" disabled={busy} data-testid="save-provider">
              {t("people.save")}
            </Button>
            <Button look="plain" onClick={onClose}>
              {t("common.cancel")}
            </Button>
          </p>
        </form>
      </div>
    </Sheet>
  );
}
