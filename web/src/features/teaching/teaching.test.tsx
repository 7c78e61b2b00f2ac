// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type LessonAnswer, type Tutor } from "../../api";
import { ApiError } from "../../api/client";
import { speak, startI18n } from "../../i18n";
import { TutorCard } from "../home/TutorCard";
import { ModeCards } from "./ModeCards";
import { ModeChip } from "./ModeChip";

const LIN: Tutor = {
  id: "2",
  name: "Lin",
  language: "zh",
  subject: "History",
  summary: "",
  greeting: "",
  poster_url: "",
  avatar_id: "ada",
  voice: "",
  pace: 1,
  mode: "socratic",
  push_to_talk: true,
  face_label: "",
  documents: [],
};

const radio = (name: RegExp) => screen.getByRole("radio", { name }) as HTMLInputElement;

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
});

afterEach(() => {
  cleanup();
  speak("en");
  vi.restoreAllMocks();
});

describe("the ways of teaching", () => {
  it("are four cards with a line each; the tutor's own is named", () => {
    const onChoose = vi.fn();
    render(<ModeCards chosen="quiz" usual="explain" onChoose={onChoose} />);
    expect(screen.getByRole("group", { name: "How would you like to learn?" })).toBeTruthy();
    const cards = screen.getAllByTestId("mode-card");
    expect(cards.map(({ dataset }) => dataset.mode)).toEqual([
      "explain",
      "socratic",
      "quiz",
      "practice",
    ]);
    for (const card of cards) expect(card.querySelector(".mode-line")?.textContent).toBeTruthy();
    expect(cards[0]?.textContent).toContain("Tutor’s choice");
    expect(cards[2]?.textContent).not.toContain("Tutor’s choice");
    expect(radio(/Quiz/).checked).toBe(true);
    fireEvent.click(radio(/Find out/));
    expect(onChoose).toHaveBeenCalledExactlyOnceWith("socratic");
  });

  it("are told in Chinese too", () => {
    speak("zh");
    render(<ModeCards chosen="quiz" usual="quiz" onChoose={vi.fn()} />);
    expect(radio(/测验/).checked).toBe(true);
  });
});

describe("before a lesson", () => {
  it("the tutor's way is chosen, and another one can be", () => {
    const start = vi.fn();
    render(<TutorCard tutor={LIN} busy={false} disabled={false} onStart={start} />);
    fireEvent.click(screen.getByTestId("start-with"));
    fireEvent.click(radio(/Practise/));
    fireEvent.click(screen.getByTestId("start-with"));
    expect(start.mock.calls).toEqual([["socratic"], ["practice"]]);
  });
});

describe("in a lesson", () => {
  function chip() {
    const changed = vi.fn();
    const teach = vi.spyOn(api.lessons, "change").mockResolvedValue({} as LessonAnswer);
    render(<ModeChip lessonId="l1" mode="explain" usual="explain" onChanged={changed} />);
    fireEvent.click(screen.getByRole("button", { name: /Way of teaching: Explain/ }));
    return { changed, teach };
  }

  it("a chip says which way it is, and changes it", async () => {
    const { changed, teach } = chip();
    fireEvent.click(radio(/Quiz/));
    fireEvent.click(screen.getByTestId("mode-done"));
    await waitFor(() => expect(changed).toHaveBeenCalledExactlyOnceWith("quiz"));
    expect(teach).toHaveBeenCalledExactlyOnceWith("l1", { mode: "quiz" });
    expect(screen.queryByTestId("mode-done")).toBeNull();
  });

  it("nothing is asked of the server for the same way again", () => {
    const { changed, teach } = chip();
    fireEvent.click(screen.getByTestId("mode-done"));
    expect(teach).not.toHaveBeenCalled();
    expect(changed).not.toHaveBeenCalled();
    expect(screen.queryByTestId("mode-done")).toBeNull();
  });

  it("a refusal is said, and the lesson stays as it was", async () => {
    const { changed, teach } = chip();
    teach.mockRejectedValue(new ApiError(503, "no_seat", "All seats are taken.", "r1", 9));
    fireEvent.click(radio(/Quiz/));
    fireEvent.click(screen.getByTestId("mode-done"));
    expect(await screen.findByText(/All seats are taken/)).toBeTruthy();
    expect(changed).not.toHaveBeenCalled();
    expect((screen.getByTestId("mode-done") as HTMLButtonElement).disabled).toBe(false);
  });
});
