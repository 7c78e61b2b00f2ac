import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { useTitle } from "../../ui/useTitle";
import { PasswordField } from "../session/PasswordField";
import { usePerson, useSession } from "../session/session";
import { useDoing } from "../session/useDoing";
import { Desk } from "./Desk";

/** Whoever came by a one-time password goes no further without one of their own. */
export default function ChoosePassword() {
  const { t } = useTranslation();
  const { entered, leave } = useSession();
  const person = usePerson();
  const { busy, problem, run } = useDoing();
  useTitle(t("people.door.chooseTitle"));

  function choose(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    void run(async () => {
      await api.accounts.changePassword({ password });
      entered({ ...person, must_choose_password: false });
    });
  }

  return (
    <Desk
      title={t("people.door.chooseTitle")}
      lead={t("people.door.chooseLead", { name: person.name })}
    >
      <form className="desk-form" onSubmit={choose}>
        <input type="hidden" name="username" autoComplete="username" value={person.username} />
        <PasswordField
          label={t("people.profile.next")}
          name="password"
          autoComplete="new-password"
        />
        {problem !== null && <Notice>{problem}</Notice>}
        <Button type="submit" look="primary" large disabled={busy} data-testid="choose-password">
          {t("people.door.choose")}
        </Button>
        <Button look="plain" onClick={() => void leave()}>
          {t("shell.signOut")}
        </Button>
      </form>
    </Desk>
  );
}
