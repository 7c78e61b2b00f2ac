/** Carries a lesson that was just created to its page, so that opening it needs no second request. */
import type { Id, LessonBody } from "../../api";

const waiting = new Map<string, LessonBody>();

export function handOver(lesson: LessonBody): void {
  waiting.set(String(lesson.id), lesson);
}

export function takeOver(id: Id): LessonBody | null {
  const lesson = waiting.get(String(id)) ?? null;
  waiting.delete(String(id));
  return lesson;
}
