import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { TutorContent } from "../../api";

const NAMES = {
  name: "tutors.field.name",
  language: "tutors.field.language",
  subject: "tutors.field.subject",
  summary: "tutors.field.summary",
  persona: "tutors.field.persona",
  greeting: "tutors.field.greeting",
  voice: "tutors.field.voice",
  avatar_id: "tutors.field.face",
  llm_model: "tutors.field.model",
  mode: "tutors.field.mode",
  pace: "tutors.field.pace",
  push_to_talk: "tutors.field.pushToTalk",
  minutes_per_lesson: "tutors.field.minutes",
  topics_allowed: "tutors.field.allowed",
  topics_declined: "tutors.field.declined",
  age_band: "tutors.field.age",
  library_ids: "tutors.field.libraries",
} as const satisfies Record<keyof TutorContent, string>;

/** What a field is called on the page. */
export function useFieldName(): (field: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (field) => (field in NAMES ? t(NAMES[field as keyof typeof NAMES]) : field),
    [t],
  );
}
