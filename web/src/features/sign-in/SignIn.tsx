import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ApiError, api } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { useErrorText } from "../../ui/useErrorText";
import { useTitle } from "../../ui/useTitle";
import { useSession } from "../session/session";
import { Desk } from "./Desk";
import { Offers } from "./Offers";

export function SignIn() {
  const { t } = useTranslation();
  const { entered } = useSession();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useTitle(t("signIn.title"));

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      const { person } = await api.accounts.signIn({
        username: String(form.get("username")),
        password: String(form.get("password")),
      });
      entered(person);
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 401;
      setProblem(wrong ? t("signIn.wrong") : errorText(error).text);
      setBusy(false);
    }
  }

  return (
    <Desk title={t("product")} lead={t("signIn.lead")}>
      <form className="desk-form" onSubmit={(event) => void submit(event)}>
        <div className="field">
          <label htmlFor="username">{t("signIn.username")}</label>
          <input
            id="username"
            name="username"
            className="input"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
        </div>
        <div className="field">
          <label htmlFor="password">{t("signIn.password")}</label>
          <input
            id="password"
            name="password"
            type="password"
            className="input"
            autoComplete="current-password"
            required
          />
        </div>
        {problem !== null && <Notice>{problem}</Notice>}
        <Button type="submit" look="primary" large disabled={busy} data-testid="sign-in">
          {t(busy ? "signIn.busy" : "signIn.submit")}
        </Button>
      </form>
      <Offers />
      <p className="desk-links">
        <Link className="desk-link" to={paths.join} data-testid="join-link">
          {t("people.door.joinLink")}
        </Link>
        <Link className="desk-link" to={paths.status}>
          {t("signIn.status")}
        </Link>
      </p>
    </Desk>
  );
}
