import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type ProviderView } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { useResource } from "../../ui/useResource";
import { useDoing } from "../session/useDoing";
import { Copied } from "./Copied";
import { PeopleHead } from "./PeopleHead";
import { ProviderSheet } from "./ProviderSheet";

/** Sign-in through the school's own accounts. */
export default function ProvidersPage() {
  const { t } = useTranslation();
  const [listed, again] = useResource(api.sso.listed);
  const [open, setOpen] = useState<ProviderView | "new" | null>(null);
  return (
    <>
      <PeopleHead lead={t("people.providers.lead")} />
      <Loaded resource={listed} again={again}>
        {({ providers, redirect_uri }) => (
          <div className="providers">
            <Copied label={t("people.providers.redirect")} value={redirect_uri} />
            {providers.length === 0 && (
              <div className="empty">
                <p>{t("people.providers.empty")}</p>
              </div>
            )}
            <ul className="entries">
              {providers.map((provider) => (
                <Row
                  key={provider.id}
                  provider={provider}
                  onOpen={() => setOpen(provider)}
                  onChange={again}
                />
              ))}
            </ul>
            <p>
              <Button look="primary" onClick={() => setOpen("new")} data-testid="add-provider">
                {t("people.providers.add")}
              </Button>
            </p>
          </div>
        )}
      </Loaded>
      {open !== null && (
        <ProviderSheet
          provider={open === "new" ? null : open}
          onClose={() => {
            setOpen(null);
            again();
          }}
        />
      )}
    </>
  );
}

interface RowProps {
  provider: ProviderView;
  onOpen: () => void;
  onChange: () => void;
}

function Row({ provider, onOpen, onChange }: RowProps) {
  const { t } = useTranslation();
  const { busy, problem, run } = useDoing();
  const [said, setSaid] = useState("");
  const [sure, setSure] = useState(false);
  const { id, name, issuer, enabled } = provider;
  return (
    <li className="entry">
      <div className="entry-words">
        <p>
          <strong>{name}</strong>{" "}
          {!enabled && <span className="standing standing-off">{t("people.providers.off")}</span>}
        </p>
        <p className="small">{issuer}</p>
        <p role="status">{said}</p>
        {problem !== null && <Notice>{problem}</Notice>}
        {sure && (
          <Notice
            actions={
              <Button
                disabled={busy}
                onClick={() =>
                  void run(async () => {
                    await api.sso.remove(id);
                    onChange();
                  })
                }
              >
                {t("people.providers.remove")}
              </Button>
            }
          >
            {t("people.providers.removeSure", { name })}
          </Notice>
        )}
      </div>
      <Button
        disabled={busy}
        onClick={() =>
          void run(async () => {
            const { works, detail } = await api.sso.check(id);
            setSaid(t(works ? "people.providers.works" : "people.providers.broken", { detail }));
          })
        }
      >
        {t("people.providers.check")}
      </Button>
      <Button onClick={onOpen}>{t("people.list.edit")}</Button>
      <Button look="plain" aria-expanded={sure} onClick={() => setSure(!sure)}>
        {t("people.providers.remove")}
      </Button>
    </li>
  );
}
