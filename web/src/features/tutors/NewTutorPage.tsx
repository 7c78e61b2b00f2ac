import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, type Language } from "../../api";
import { LANGUAGES } from "../../i18n";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";
import { useTitle } from "../../ui/useTitle";
import { places } from "./places";
import { Steps } from "./Steps";
import "./tutors.css";

/** The first step of a new tutor: a name and a language; everything else has a good start. */
export default function NewTutorPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [language, setLanguage] = useState<Language>(i18n.language === "zh" ? "zh" : "en");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  useTitle(t("tutors.new"));

  async function make() {
    setBusy(true);
    setFailed(null);
    try {
      const made = await api.workshop.create({ name, language });
      void navigate(places.guide(made.id));
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() !== "" && !busy) void make();
  }

  return (
    <div className="guide">
      <Steps now={0} />
      <form className="card guide-card" onSubmit={submit}>
        <h1>{t("tutors.guide.nameTitle")}</h1>
        <div className="field">
          <label htmlFor="tutor-name">{t("tutors.field.name")}</label>
          <input
            id="tutor-name"
            className="input"
            value={name}
            maxLength={100}
            required
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
            data-testid="tutor-name"
          />
        </div>
        <fieldset className="choice-row">
          <legend>{t("tutors.field.language")}</legend>
          {LANGUAGES.map((one) => (
            <label key={one} className="choice">
              <input
                type="radio"
                name="language"
                checked={language === one}
                onChange={() => setLanguage(one)}
              />
              {t(`common.languageName.${one}`)}
            </label>
          ))}
        </fieldset>
        {failed !== null && <Failed error={failed} again={() => void make()} />}
        <div className="guide-foot">
          <Button
            look="primary"
            type="submit"
            large
            disabled={busy || name.trim() === ""}
            data-testid="guide-next"
          >
            {t(busy ? "tutors.guide.making" : "tutors.guide.next")}
          </Button>
        </div>
      </form>
    </div>
  );
}
