// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { TutorBrief } from "../../api";
import { startI18n } from "../../i18n";
import { LessonNotice } from "./LessonNotice";
import { quietLesson } from "./quiet.test-support";
import { StartCard } from "./StartCard";

const LIN: TutorBrief = {
  id: "2",
  name: "Lin",
  language: "zh",
  subject: "History",
  poster_url: "",
  avatar_id: "lin",
};

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

afterEach(cleanup);

describe("before the lesson", () => {
  function show(hears: readonly string[] | null) {
    const lesson = quietLesson();
    lesson.scene.hears.set(hears);
    const start = vi.spyOn(lesson, "start").mockResolvedValue();
    const typing = vi.fn();
    render(<StartCard lesson={lesson} tutor={LIN} onTyping={typing} onCheck={vi.fn()} />);
    return { start, typing };
  }

  it.each([[null], [["en", "zh"]]])("asks for the microphone when %j are heard", (hears) => {
    const { start, typing } = show(hears);
    const [first] = screen.getAllByRole("button");
    expect(first?.textContent).toBe("Start lesson");
    fireEvent.click(screen.getByTestId("start"));
    expect(start).toHaveBeenCalledExactlyOnceWith(true);
    expect(typing).not.toHaveBeenCalled();
  });

  it("offers typing first when the tutor's language is not understood", () => {
    const { start, typing } = show(["en"]);
    expect(screen.getByTestId("start-reason").textContent).toMatch(/spoken Chinese/);
    const [first, second] = screen.getAllByRole("button");
    expect(first?.textContent).toBe("Start and type");
    fireEvent.click(first as HTMLElement);
    expect(start).toHaveBeenCalledExactlyOnceWith(false);
    expect(typing).toHaveBeenCalledOnce();
    fireEvent.click(second as HTMLElement);
    expect(start).toHaveBeenLastCalledWith(true);
  });
});

describe("a language that is not heard", () => {
  it("is said in the engine's words, with typing as the way out", () => {
    const lesson = quietLesson();
    const typing = vi.fn();
    lesson.scene.notice.set({ code: "language_not_heard", content: "Please type." });
    render(<LessonNotice lesson={lesson} onTyping={typing} onCheck={vi.fn()} onLeave={vi.fn()} />);
    expect(screen.getByRole("alert").textContent).toContain("Please type.");
    fireEvent.click(screen.getByTestId("write"));
    expect(typing).toHaveBeenCalledOnce();
    expect(lesson.microphone.mode.get()).toBe("hold");
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
