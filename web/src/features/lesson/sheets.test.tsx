// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { api, type LessonRecordingView, type LessonSummary, type Tutor } from "../../api";
import { startI18n } from "../../i18n";
import { factsOf, ProblemSheet } from "./ProblemSheet";
import { quietLesson } from "./quiet.test-support";
import { RecordingMark, RecordingQuestion } from "./RecordingQuestion";
import { Switcher } from "./Switcher";
import type { Recording } from "./useRecording";

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const TUTOR = { id: "t1", name: "<b>Bo</b>", subject: "Space", mode: "explain", poster_url: "/p" };

describe("turning to somebody else", () => {
  it("shows other chats and tutors, as text, and where the student is", async () => {
    const lesson = {
      id: "l1",
      tutor: TUTOR,
      first_question: "<i>Why?</i>",
      started_at: "2026-11-01T10:00:00Z",
    };
    vi.spyOn(api.tutors, "every").mockResolvedValue({ tutors: [TUTOR as unknown as Tutor] });
    vi.spyOn(api.lessons, "every").mockResolvedValue({
      lessons: [lesson as unknown as LessonSummary],
    });
    const close = vi.fn();
    const { container } = render(
      <MemoryRouter>
        <Switcher lessonId="l1" onClose={close} />
      </MemoryRouter>,
    );
    const chat = await screen.findByTestId("switch-chat");
    expect(chat.getAttribute("aria-current")).toBe("true");
    expect(chat.textContent).toContain("<i>Why?</i>");
    expect(container.ownerDocument.querySelector("b, i")).toBeNull();
    fireEvent.click(chat);
    expect(close).toHaveBeenCalledOnce();
  });

  it("says why when a tutor cannot come", async () => {
    vi.spyOn(api.tutors, "every").mockResolvedValue({ tutors: [TUTOR as unknown as Tutor] });
    vi.spyOn(api.lessons, "every").mockResolvedValue({ lessons: [] });
    vi.spyOn(api.lessons, "begin").mockRejectedValue(new Error("down"));
    render(
      <MemoryRouter>
        <Switcher lessonId="l1" onClose={vi.fn()} />
      </MemoryRouter>,
    );
    const tutor = await screen.findByTestId("switch-tutor");
    await act(async () => fireEvent.click(tutor));
    expect(screen.getByRole("alert")).toBeTruthy();
  });
});

const view = (state: LessonRecordingView["state"]): LessonRecordingView => ({
  state,
  asked_by: "Maya",
  recordings: [],
});

describe("recording", () => {
  const made = (change: Partial<Recording>): Recording => ({
    view: view("asked"),
    state: "off",
    answer: vi.fn(() => Promise.resolve()),
    ...change,
  });

  it("is asked for by name, with both answers alike", async () => {
    const recording = made({});
    render(<RecordingQuestion recording={recording} />);
    expect(screen.getByTestId("recording-question").textContent).toContain("Maya would like");
    const [yes, no] = ["yes", "no"].map((word) => screen.getByTestId(`recording-${word}`));
    expect(yes?.className).toBe(no?.className);
    await act(async () => fireEvent.click(no as HTMLElement));
    expect(recording.answer).toHaveBeenCalledExactlyOnceWith(false);
  });

  it.each(["off", "granted", "refused", "revoked"] as const)("asks nothing when %s", (state) => {
    render(<RecordingQuestion recording={made({ view: view(state) })} />);
    expect(screen.queryByTestId("recording-question")).toBeNull();
  });

  it("shows a mark only while it runs, with the way out behind it", async () => {
    const recording = made({ view: view("granted"), state: "on" });
    const { rerender } = render(<RecordingMark recording={recording} />);
    fireEvent.click(screen.getByTestId("recording-mark"));
    await act(async () => fireEvent.click(screen.getByTestId("recording-stop")));
    expect(recording.answer).toHaveBeenCalledExactlyOnceWith(false);
    rerender(<RecordingMark recording={made({ state: "off" })} />);
    expect(screen.queryByTestId("recording-mark")).toBeNull();
  });

  it("says when it has stopped by itself", () => {
    render(<RecordingQuestion recording={made({ view: view("granted"), state: "failed" })} />);
    expect(screen.getByRole("alert").textContent).toContain("The lesson goes on.");
  });
});

describe("a problem", () => {
  it("is sent with the figures of the connection, once a kind is chosen", async () => {
    const report = vi.spyOn(api.lessons, "report").mockResolvedValue({ id: "r7" });
    const lesson = quietLesson();
    render(<ProblemSheet lessonId="l1" lesson={lesson} onClose={vi.fn()} />);
    const send = screen.getByTestId("problem-send") as HTMLButtonElement;
    expect(send.disabled).toBe(true);
    fireEvent.click(screen.getByLabelText("I could not hear it well"));
    await act(async () => fireEvent.click(send));
    expect(report.mock.calls[0]?.[1]).toMatchObject({
      category: "sound",
      facts: { status: "connecting", microphone: "off", bars: null },
    });
    expect(screen.getByRole("status").textContent).toContain("r7");
  });

  it("carries figures and short words only", () => {
    for (const value of Object.values(factsOf(quietLesson()))) {
      expect(["string", "number", "boolean"].includes(typeof value) || value === null).toBe(true);
      expect(String(value).length).toBeLessThan(60);
    }
  });
});
