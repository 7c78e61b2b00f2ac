import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { useErrorText } from "../../ui/useErrorText";
import { useTitle } from "../../ui/useTitle";
import { useSession } from "../session/session";
import { LanguageSwitch, ThemeSwitch } from "../shell/Switches";
import "./sign-in.css";

/** A lamp over a desk; the form lies in its light. */
function Lamp() {
  return (
    <svg className="lamp" viewBox="0 0 400 150" aria-hidden="true" focusable="false">
      <path className="lamp-cord" d="M200 -240v284" />
      <path className="lamp-shade" d="M108 128C108 80 146 44 200 44s92 36 92 84z" />
      <path className="lamp-bulb" d="M180 128a20 17 0 0 0 40 0z" />
    </svg>
  );
}

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
    <div className="desk">
      <header className="desk-tools">
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main className="desk-main">
        <Lamp />
        <div className="desk-light">
          <h1>{t("product")}</h1>
          <p className="desk-lead">{t("signIn.lead")}</p>
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
        </div>
      </main>
    </div>
  );
}
