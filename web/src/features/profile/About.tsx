import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api";
import { LANGUAGES } from "../../i18n";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Choice, Field } from "../session/Field";
import { usePerson, useSession } from "../session/session";
import { useDoing } from "../session/useDoing";

export function About() {
  const { t } = useTranslation();
  const person = usePerson();
  const { entered } = useSession();
  const { busy, problem, run } = useDoing();
  const [saved, setSaved] = useState(false);

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setSaved(false);
    void run(async () => {
      const answer = await api.accounts.changeMe({
        name: String(form.get("name")),
        language: form.get("language") === "zh" ? "zh" : "en",
      });
      entered(answer.person);
      setSaved(true);
    });
  }

  return (
    <section className="own-card" aria-labelledby="about">
      <h2 id="about">{t("people.profile.about")}</h2>
      <form key={person.language} className="card-form" onSubmit={save}>
        <Field
          label={t("people.name")}
          name="name"
          defaultValue={person.name}
          autoComplete="name"
          maxLength={200}
          required
        />
        <Choice label={t("people.profile.language")} name="language" defaultValue={person.language}>
          {LANGUAGES.map((language) => (
            <option key={language} value={language}>
              {t(`common.languageName.${language}`)}
            </option>
          ))}
        </Choice>
        {problem !== null && <Notice>{problem}</Notice>}
        <p className="card-actions">
          <Button type="submit" disabled={busy} data-testid="save-profile">
            {t("people.save")}
          </Button>
          <span role="status">{saved && t("people.saved")}</span>
        </p>
      </form>
    </section>
  );
}
