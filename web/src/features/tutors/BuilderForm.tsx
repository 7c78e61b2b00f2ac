import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Choices, TutorContent } from "../../api";
import { LANGUAGES } from "../../i18n";
import { ModeCards } from "../teaching/ModeCards";
import { FacePicker } from "./FacePicker";
import { LibraryPicker } from "./LibraryPicker";
import { LimitFields } from "./LimitFields";
import { TextField } from "./TextField";
import { VoicePicker } from "./VoicePicker";

interface Props {
  content: TutorContent;
  choices: Choices;
  onChange: (changes: Partial<TutorContent>) => void;
}

const PACES = [0.7, 1, 1.5, 2.5] as const;

/** Everything a teacher decides about a tutor. */
export function BuilderForm({ content, choices, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <div className="build-form">
      <section className="card" aria-labelledby="who">
        <h2 id="who">{t("tutors.section.who")}</h2>
        <TextField
          label={t("tutors.field.name")}
          value={content.name}
          max={100}
          onChange={(name) => onChange({ name })}
        />
        <div className="two">
          <TextField
            label={t("tutors.field.subject")}
            value={content.subject}
            max={200}
            onChange={(subject) => onChange({ subject })}
          />
          <LanguageField content={content} onChange={onChange} />
        </div>
        <TextField
          label={t("tutors.field.summary")}
          hint={t("tutors.hint.summary")}
          value={content.summary}
          max={2000}
          rows={2}
          onChange={(summary) => onChange({ summary })}
        />
      </section>
      <section className="card" aria-labelledby="looks">
        <h2 id="looks">{t("tutors.section.looks")}</h2>
        <FacePicker
          faces={choices.faces}
          chosen={content.avatar_id}
          onChoose={(avatar_id) => onChange({ avatar_id })}
        />
        <VoicePicker
          voices={choices.voices}
          chosen={content.voice}
          language={content.language}
          sample={content.greeting}
          onChoose={(voice) => onChange({ voice })}
        />
      </section>
      <section className="card" aria-labelledby="teaches">
        <h2 id="teaches">{t("tutors.section.teaches")}</h2>
        <TextField
          label={t("tutors.field.greeting")}
          hint={t("tutors.hint.greeting")}
          value={content.greeting}
          max={2000}
          rows={2}
          onChange={(greeting) => onChange({ greeting })}
        />
        <TextField
          label={t("tutors.field.persona")}
          hint={t("tutors.hint.persona")}
          value={content.persona}
          max={8000}
          rows={6}
          onChange={(persona) => onChange({ persona })}
        />
        <ModeCards
          chosen={content.mode}
          usual={content.mode}
          legend={t("tutors.field.mode")}
          onChoose={(mode) => onChange({ mode })}
        />
        <PaceField content={content} onChange={onChange} />
        <ModelField content={content} models={choices.models} onChange={onChange} />
      </section>
      <section className="card" aria-labelledby="knows">
        <h2 id="knows">{t("tutors.section.knows")}</h2>
        <LibraryPicker
          chosen={content.library_ids}
          language={content.language}
          name={content.name}
          onChange={(library_ids) => onChange({ library_ids })}
        />
      </section>
      <section className="card" aria-labelledby="limits">
        <h2 id="limits">{t("tutors.section.limits")}</h2>
        <LimitFields content={content} onChange={onChange} />
      </section>
    </div>
  );
}

type Fields = Pick<Props, "content" | "onChange">;

function LanguageField({ content, onChange }: Fields) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t("tutors.field.language")}</label>
      <select
        id={id}
        className="input"
        value={content.language}
        onChange={(event) => onChange({ language: event.target.value === "zh" ? "zh" : "en" })}
      >
        {LANGUAGES.map((one) => (
          <option key={one} value={one}>
            {t(`common.languageName.${one}`)}
          </option>
        ))}
      </select>
    </div>
  );
}

function PaceField({ content, onChange }: Fields) {
  const { t } = useTranslation();
  const id = useId();
  const nearest = PACES.reduce((best, pace) =>
    Math.abs(pace - content.pace) < Math.abs(best - content.pace) ? pace : best,
  );
  return (
    <div className="two">
      <div className="field">
        <label htmlFor={id}>{t("tutors.field.pace")}</label>
        <select
          id={id}
          className="input"
          value={nearest}
          onChange={(event) => onChange({ pace: Number(event.target.value) })}
        >
          {PACES.map((pace, index) => (
            <option key={pace} value={pace}>
              {t(
                `tutors.pace.${(["quick", "usual", "patient", "children"] as const)[index] ?? "usual"}`,
              )}
            </option>
          ))}
        </select>
      </div>
      <label className="choice choice-line">
        <input
          type="checkbox"
          checked={content.push_to_talk}
          onChange={(event) => onChange({ push_to_talk: event.target.checked })}
        />
        {t("tutors.field.pushToTalk")}
      </label>
    </div>
  );
}

function ModelField({ content, models, onChange }: Fields & { models: readonly string[] }) {
  const { t } = useTranslation();
  const id = useId();
  const [usual = ""] = models;
  return (
    <div className="field">
      <label htmlFor={id}>{t("tutors.field.model")}</label>
      <input
        id={id}
        className="input"
        value={content.llm_model ?? ""}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange({ llm_model: event.target.value || null })}
      />
      <p className="hint" id={`${id}-hint`}>
        {usual === "" ? t("tutors.hint.model") : t("tutors.hint.modelNow", { model: usual })}
      </p>
    </div>
  );
}
