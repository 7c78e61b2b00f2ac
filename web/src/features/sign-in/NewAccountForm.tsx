import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Field } from "../session/Field";
import { PasswordField } from "../session/PasswordField";

export interface NewAccount {
  name: string;
  username: string;
  password: string;
  language: Language;
}

interface Props {
  submit: string;
  busy: boolean;
  problem: string | null;
  onMake: (account: NewAccount) => void;
}

/** Name, user name, password: all that an account needs. */
export function NewAccountForm({ submit, busy, problem, onMake }: Props) {
  const { t, i18n } = useTranslation();

  function make(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onMake({
      name: String(form.get("name")),
      username: String(form.get("username")),
      password: String(form.get("password")),
      language: i18n.language === "zh" ? "zh" : "en",
    });
  }

  return (
    <form className="desk-form" onSubmit={make}>
      <Field
        label={t("people.name")}
        hint={t("people.nameHint")}
        name="name"
        autoComplete="name"
        maxLength={200}
        required
      />
      <Field
        label={t("people.username")}
        hint={t("people.usernameHint")}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        minLength={2}
        maxLength={100}
        required
      />
      <PasswordField label={t("people.password")} name="password" autoComplete="new-password" />
      {problem !== null && <Notice>{problem}</Notice>}
      <Button type="submit" look="primary" large disabled={busy} data-testid="make-account">
        {busy ? t("people.working") : submit}
      </Button>
    </form>
  );
}
