import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { PasswordField } from "../session/PasswordField";
import { usePerson, useSession } from "../session/session";
import { useDoing } from "../session/useDoing";

export function PasswordChange() {
  const { t } = useTranslation();
  const person = usePerson();
  const { entered } = useSession();
  const { busy, problem, run } = useDoing();
  const [round, setRound] = useState(0);

  function change(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void run(async () => {
      await api.accounts.changePassword({
        present: String(form.get("present") ?? ""),
        password: String(form.get("next")),
      });
      entered({ ...person, has_password: true });
      setRound(round + 1);
    });
  }

  return (
    <section className="own-card" aria-labelledby="password-title">
      <h2 id="password-title">{t("people.profile.passwordTitle")}</h2>
      <p>
        {t(person.has_password ? "people.profile.passwordLead" : "people.profile.passwordNone")}
      </p>
      <form key={round} className="card-form" onSubmit={change}>
        <input type="hidden" name="username" autoComplete="username" value={person.username} />
        {person.has_password && (
          <PasswordField
            label={t("people.profile.present")}
            name="present"
            autoComplete="current-password"
          />
        )}
        <PasswordField label={t("people.profile.next")} name="next" autoComplete="new-password" />
        {problem !== null && <Notice>{problem}</Notice>}
        <p className="card-actions">
          <Button type="submit" disabled={busy} data-testid="change-password">
            {t("people.profile.change")}
          </Button>
          <span role="status">{round > 0 && t("people.profile.changed")}</span>
        </p>
      </form>
    </section>
  );
}
