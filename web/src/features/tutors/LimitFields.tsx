import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { TutorContent } from "../../api";
import { TextField } from "./TextField";

interface Props {
  content: TutorContent;
  onChange: (changes: Partial<TutorContent>) => void;
}

const AGES = ["6-9", "10-13", "14-18", "adult"] as const;
const MINUTES = [10, 15, 20, 30, 45, 60, 90] as const;
const MAX_TOPICS = 20;
const MAX_TOPIC_CHARS = 100;

const written = (topics: readonly string[]) => topics.join("\n");

/** One topic a line; empty lines at the end stay while somebody types. */
function topics(text: string): string[] {
  const lines = text.split("\n").map((line) => line.slice(0, MAX_TOPIC_CHARS));
  return lines.slice(0, MAX_TOPICS);
}

const told = (lines: readonly string[]) => lines.filter((line) => line.trim() !== "");

/** How long, for whom, and about what. */
export function LimitFields({ content, onChange }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const { minutes_per_lesson: minutes } = content;
  const lengths = [...new Set([...MINUTES, ...(minutes === null ? [] : [minutes])])].sort(
    (one, other) => one - other,
  );
  return (
    <>
      <div className="two">
        <div className="field">
          <label htmlFor={`${id}-minutes`}>{t("tutors.field.minutes")}</label>
          <select
            id={`${id}-minutes`}
            className="input"
            value={minutes ?? ""}
            onChange={(event) =>
              onChange({ minutes_per_lesson: Number(event.target.value) || null })
            }
          >
            <option value="">{t("tutors.noLimit")}</option>
            {lengths.map((length) => (
              <option key={length} value={length}>
                {t("tutors.minutes", { minutes: length })}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-age`}>{t("tutors.field.age")}</label>
          <select
            id={`${id}-age`}
            className="input"
            value={content.age_band ?? ""}
            onChange={(event) =>
              onChange({ age_band: AGES.find((age) => age === event.target.value) ?? null })
            }
          >
            <option value="">{t("tutors.everyAge")}</option>
            {AGES.map((age) => (
              <option key={age} value={age}>
                {age === "adult" ? t("tutors.adults") : t("tutors.years", { age })}
              </option>
            ))}
          </select>
        </div>
      </div>
      <div className="two">
        <TextField
          label={t("tutors.field.allowed")}
          hint={t("tutors.hint.topics")}
          value={written(content.topics_allowed)}
          max={2000}
          rows={3}
          onChange={(text) => onChange({ topics_allowed: topics(text) })}
        />
        <TextField
          label={t("tutors.field.declined")}
          hint={t("tutors.hint.topics")}
          value={written(content.topics_declined)}
          max={2000}
          rows={3}
          onChange={(text) => onChange({ topics_declined: topics(text) })}
        />
      </div>
    </>
  );
}

/** The content as it is sent: topics without empty lines. */
export function sent(content: TutorContent): TutorContent {
  return {
    ...content,
    topics_allowed: told(content.topics_allowed),
    topics_declined: told(content.topics_declined),
  };
}
