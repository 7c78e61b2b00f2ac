import { type FormEvent, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import { ApiError, api, type JoinAnswer } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { useTitle } from "../../ui/useTitle";
import { Field } from "../session/Field";
import { useSession } from "../session/session";
import { useDoing } from "../session/useDoing";
import { Desk } from "./Desk";
import { type NewAccount, NewAccountForm } from "./NewAccountForm";

/** The code that a link carries; behind `#`, so that no server writes it down. */
const linked = (): string => decodeURIComponent(location.hash.slice(1));

/** A class code becomes an account without e-mail, or one more class of the account that is signed in. */
export default function JoinPage() {
  const { t } = useTranslation();
  const { current, entered } = useSession();
  const { busy, problem, run } = useDoing();
  const [code, setCode] = useState("");
  const [found, setFound] = useState<JoinAnswer | null>(null);
  const [unknown, setUnknown] = useState(false);
  const [done, setDone] = useState(false);
  useTitle(t("people.door.joinTitle"));
  const known = current.state === "in" ? current.person : null;

  const look = useCallback(
    (written: string) => {
      setUnknown(false);
      void run(async () => {
        try {
          setFound(await api.classes.look(written));
          setCode(written);
        } catch (error) {
          if (!(error instanceof ApiError) || error.status !== 404) throw error;
          setUnknown(true);
        }
      });
    },
    [run],
  );

  // Who scanned the code has written it already.
  useEffect(() => {
    if (linked() !== "") look(linked());
  }, [look]);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    look(String(new FormData(event.currentTarget).get("code")).trim());
  }

  const join = (account: NewAccount | null) =>
    void run(async () => {
      await api.classes.join(code, account);
      if (account !== null) {
        const { username, password } = account;
        entered((await api.accounts.signIn({ username, password })).person);
      }
      setDone(true);
    });

  if (done) return <Navigate to={paths.home} replace />;
  return (
    <Desk
      title={t("people.door.joinTitle")}
      lead={
        found
          ? t("people.door.joinInto", { class: found.class_name, school: found.school_name })
          : t("people.door.joinLead")
      }
    >
      {found === null && (
        <form className="desk-form" onSubmit={submit}>
          <Field
            label={t("people.door.code")}
            name="code"
            defaultValue={linked()}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={20}
            required
          />
          {unknown && <Notice>{t("people.door.noClass")}</Notice>}
          {problem !== null && <Notice>{problem}</Notice>}
          <Button type="submit" look="primary" large disabled={busy} data-testid="look">
            {t("people.door.look")}
          </Button>
        </form>
      )}
      {found !== null && known === null && (
        <>
          <p className="desk-lead">{t("people.door.joinNew")}</p>
          <NewAccountForm
            submit={t("people.door.join")}
            busy={busy}
            problem={problem}
            onMake={join}
          />
        </>
      )}
      {found !== null && known !== null && (
        <div className="desk-form">
          <p>{t("people.door.joinKnown", { name: known.name })}</p>
          {problem !== null && <Notice>{problem}</Notice>}
          <Button look="primary" large disabled={busy} onClick={() => join(null)}>
            {t("people.door.join")}
          </Button>
        </div>
      )}
      <Link className="desk-link" to={paths.signIn}>
        {t("people.door.back")}
      </Link>
    </Desk>
  );
}
