import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { MAX_PASSWORD_CHARS } from "./session";
import "./field.css";

interface Props {
  label: string;
  name: string;
  autoComplete: "new-password" | "current-password";
}

/** A password that can be looked at while it is typed. */
export function PasswordField({ label, name, autoComplete }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [shown, setShown] = useState(false);
  const fresh = autoComplete === "new-password";
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="secret">
        <input
          id={id}
          name={name}
          className="input"
          type={shown ? "text" : "password"}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={MAX_PASSWORD_CHARS}
          aria-describedby={fresh ? `${id}-hint` : undefined}
          required
        />
        <button
          type="button"
          className="secret-show"
          aria-pressed={shown}
          aria-controls={id}
          onClick={() => setShown(!shown)}
        >
          {t(shown ? "people.hide" : "people.show")}
        </button>
      </div>
      {fresh && (
        <p id={`${id}-hint`} className="field-hint">
          {t("people.passwordHint")}
        </p>
      )}
    </div>
  );
}
