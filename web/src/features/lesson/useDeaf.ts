import type { TutorBrief } from "../../api";
import type { Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";

/** Whether the engine has said that it does not understand the tutor's language when it is spoken. */
export function useDeaf(lesson: Lesson, tutor: TutorBrief): boolean {
  const hears = useStore(lesson.scene.hears);
  return hears !== null && !hears.includes(tutor.language);
}
