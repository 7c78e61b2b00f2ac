import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type ExportView } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { useResource } from "../../ui/useResource";
import { Field } from "../session/Field";
import { useSession } from "../session/session";
import { useDoing } from "../session/useDoing";

/** What the platform expects to read; what the person types is in their own language. */
const CONFIRMATION = "delete";

/** Take everything away, or have everything deleted. */
export function OwnData() {
  const { t } = useTranslation();
  const [latest, again] = useResource(api.exports.mine);
  const { busy, problem, run } = useDoing();

  const ask = () =>
    void run(async () => {
      await api.exports.askMine();
      again();
    });

  return (
    <section className="own-card" aria-labelledby="data">
      <h2 id="data">{t("people.profile.data")}</h2>
      <p>{t("people.profile.dataLead")}</p>
      <Loaded resource={latest} again={again}>
        {({ export: made }) => <Export made={made} busy={busy} onAsk={ask} onLook={again} />}
      </Loaded>
      {problem !== null && <Notice>{problem}</Notice>}
      <DeleteAccount />
    </section>
  );
}

interface ExportProps {
  made: ExportView | null;
  busy: boolean;
  onAsk: () => void;
  onLook: () => void;
}

function Export({ made, busy, onAsk, onLook }: ExportProps) {
  const { t } = useTranslation();
  if (made?.state === "waiting") {
    return (
      <p className="card-actions">
        <span role="status">{t("people.profile.asked")}</span>
        <Button onClick={onLook}>{t("people.profile.lookAgain")}</Button>
      </p>
    );
  }
  return (
    <>
      {made?.state === "failed" && <Notice>{t("people.profile.exportFailed")}</Notice>}
      <p className="card-actions">
        {made?.state === "ready" && made.file_url && (
          <a className="button button-quiet" href={made.file_url} download>
            {t("people.profile.fetch")}
          </a>
        )}
        <Button disabled={busy} onClick={onAsk} data-testid="ask-export">
          {t("people.profile.ask")}
        </Button>
      </p>
    </>
  );
}

function DeleteAccount() {
  const { t } = useTranslation();
  const { expired } = useSession();
  const { busy, problem, run } = useDoing();
  const [typed, setTyped] = useState("");
  const word = t("people.profile.deleteWord");

  function erase(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void run(async () => {
      await api.retention.deleteMe({ confirm: CONFIRMATION });
      expired();
    });
  }

  return (
    <details className="card-last">
      <summary>{t("people.profile.deleteTitle")}</summary>
      <form className="card-form" onSubmit={erase}>
        <p>{t("people.profile.deleteLead")}</p>
        <Field
          label={t("people.profile.deleteConfirm", { word })}
          name="confirm"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
        />
        {problem !== null && <Notice>{problem}</Notice>}
        <Button type="submit" disabled={busy || typed.trim() !== word} data-testid="delete-me">
          {t("people.profile.delete")}
        </Button>
      </form>
    </details>
  );
}
