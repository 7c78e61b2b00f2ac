import { useTranslation } from "react-i18next";
import type { PersonCard } from "../../api";
import { LANGUAGES } from "../../i18n";
import { Choice, Field } from "../session/Field";
import { ROLES } from "./roles";

/** What an administrator writes about somebody; empty for somebody new. */
export function PersonFields({ person }: { person?: PersonCard }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <Field
        label={t("people.name")}
        name="name"
        defaultValue={person?.name}
        maxLength={200}
        autoComplete="off"
        required
      />
      <Field
        label={t("people.username")}
        hint={t("people.usernameHint")}
        name="username"
        defaultValue={person?.username}
        minLength={2}
        maxLength={100}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <Field
        label={`${t("people.email")} (${t("people.optional")})`}
        name="email"
        type="email"
        defaultValue={person?.email ?? ""}
        maxLength={254}
        autoComplete="off"
      />
      <Choice label={t("people.role")} name="role" defaultValue={person?.role ?? "student"}>
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {t(`people.roles.${role}`)}
          </option>
        ))}
      </Choice>
      <Choice
        label={t("people.profile.language")}
        name="language"
        defaultValue={person?.language ?? i18n.language}
      >
        {LANGUAGES.map((language) => (
          <option key={language} value={language}>
            {t(`common.languageName.${language}`)}
          </option>
        ))}
      </Choice>
    </>
  );
}
