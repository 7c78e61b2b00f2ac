import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "../../api";
import { LANGUAGES } from "../../i18n";
import { Failed } from "../../ui/Loaded";
import { TextField } from "./TextField";

interface Props<Made> {
  className: string;
  heading: ReactNode;
  nameLabel: string;
  languageLabel: string;
  max: number;
  create(named: { name: string; language: Language }): Promise<Made>;
  onMade(made: Made): void;
  /** The buttons; `ready` once there is a name and nothing is under way. */
  foot(state: { busy: boolean; ready: boolean }): ReactNode;
}

/** Something new gets its name and its language. */
export function NamingForm<Made>(props: Props<Made>) {
  const { className, heading, nameLabel, languageLabel, max, create, onMade, foot } = props;
  const { t, i18n } = useTranslation();
  const group = useId();
  const [name, setName] = useState("");
  const [language, setLanguage] = useState<Language>(i18n.language === "zh" ? "zh" : "en");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const ready = name.trim() !== "" && !busy;

  async function make() {
    setBusy(true);
    setFailed(null);
    try {
      onMade(await create({ name, language }));
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) void make();
  }

  return (
    <form className={className} onSubmit={submit}>
      {heading}
      <TextField
        label={nameLabel}
        value={name}
        max={max}
        required
        testId="new-name"
        onChange={setName}
      />
      <fieldset className="choice-row">
        <legend>{languageLabel}</legend>
        {LANGUAGES.map((one) => (
          <label key={one} className="choice">
            <input
              type="radio"
              name={group}
              checked={language === one}
              onChange={() => setLanguage(one)}
            />
            {t(`common.languageName.${one}`)}
          </label>
        ))}
      </fieldset>
      {failed !== null && <Failed error={failed} again={() => void make()} />}
      {foot({ busy, ready })}
    </form>
  );
}
