// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type Overview, type Person } from "../../api";
import { ApiError } from "../../api/client";
import { startI18n } from "../../i18n";
import { type Session, SessionContext } from "../session/session";
import Analytics from "./Analytics";
import { daysBetween, since } from "./wish";

const line = (name: string, count: number, minutes = 0) => ({
  key: name,
  name,
  count,
  people: 2,
  minutes,
});

const COUNTS: Overview = {
  since: "2026-03-01",
  until: "2026-03-04",
  inside: true,
  hidden: 0,
  lessons: 12,
  people: 6,
  minutes: 90.4,
  questions: 31,
  answers: { cited: 3, uncited: 1 },
  days: [line("2026-03-01", 4, 30), line("2026-03-03", 8, 60)],
  topics: [line("gravity", 5), line("=evil()", 2)],
  unanswered: [line("telescope", 3)],
  sources: [],
  students: [line("Lin Wei", 4, 33.5)],
  classes: [line("7b", 12, 90.4)],
  tutors: [line("Ada", 12, 90.4)],
  drop_offs: [{ how: "cut_off", trouble: "network", count: 2, people: 2 }],
  mastery: [],
};

function open(at = "/insights", role: Person["role"] = "teacher") {
  const session = { current: { state: "in", person: { role } } } as unknown as Session;
  return render(
    <SessionContext value={session}>
      <MemoryRouter initialEntries={[at]}>
        <Analytics />
      </MemoryRouter>
    </SessionContext>,
  );
}

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  vi.spyOn(api.classes, "every").mockResolvedValue({ classes: [] });
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("insights", () => {
  it("show pictures first and each as a table", async () => {
    vi.spyOn(api.analytics, "overview").mockResolvedValue(COUNTS);
    open();
    await screen.findByRole("img", { name: "Lessons per day" });
    screen.getByText("With a source: 3 (75 %)");
    screen.getByText("Cut off: the student's network", { selector: ".bar-name" });
    const days = within(screen.getByRole("table", { name: "Lessons per day" }));
    expect(days.getAllByRole("row").map((row) => row.textContent)).toEqual([
      "TimeLessonsStudentsMinutes",
      "2026-03-014230",
      "2026-03-038260",
    ]);
    screen.getByText("Nothing to show yet.");
  });

  it("lead from a bar to the questions behind it", async () => {
    vi.spyOn(api.analytics, "overview").mockResolvedValue(COUNTS);
    const turns = vi.spyOn(api.analytics, "turns").mockResolvedValue({
      turns: [
        {
          turn_id: "a",
          lesson_id: "l1",
          student: null,
          kind: "not_in_library",
          topic: "telescope",
          question: "Who invented the <i>telescope</i>?",
          answer: "I did not find that.",
          asked_at: "2026-03-02T09:00:00Z",
        },
      ],
    });
    open();
    fireEvent.click(await screen.findByRole("button", { name: /telescope/ }));
    const asked = await screen.findByRole("link", { name: "Who invented the <i>telescope</i>?" });
    expect(asked.getAttribute("href")).toBe("/review/lessons/l1");
    expect(turns.mock.calls[0]?.[0]).toMatchObject({ topic: "telescope", answered: false });
    fireEvent.click(screen.getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("link", { name: /telescope/ })).toBeNull();
  });

  it("hide small numbers from people outside the class, and say so", async () => {
    const hidden: Overview = {
      ...COUNTS,
      inside: false,
      hidden: 4,
      lessons: null,
      people: null,
      minutes: null,
      questions: null,
      answers: {},
      students: [],
    };
    const overview = vi.spyOn(api.analytics, "overview").mockResolvedValue(hidden);
    open("/insights?class=c1", "admin");
    await screen.findByText(/4 lines are not shown/);
    expect(screen.getAllByText("fewer than 5")).toHaveLength(4);
    expect(screen.queryByText("Time of each student")).toBeNull();
    expect(overview.mock.calls[0]?.[0]).toMatchObject({ class_id: "c1" });
  });

  it("are taken away as a file, and tell when they cannot", async () => {
    vi.spyOn(api.analytics, "overview").mockResolvedValue(COUNTS);
    const table = vi
      .spyOn(api.analytics, "table")
      .mockRejectedValueOnce(new ApiError(503, "internal", "Try later.", null, 3));
    table.mockResolvedValue(new Response("topic,count"));
    const made = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:x");
    vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
    open();
    const button = await screen.findByRole("button", { name: "CSV: What is asked about" });
    fireEvent.click(button);
    await screen.findByText("Try later.");
    fireEvent.click(button);
    await waitFor(() => expect(made).toHaveBeenCalled());
    expect(table.mock.lastCall?.[0]).toMatchObject({ part: "topics" });
  });

  it("say that there was no lesson", async () => {
    vi.spyOn(api.analytics, "overview").mockResolvedValue({ ...COUNTS, lessons: 0 });
    open();
    await screen.findByText("No lesson in this time");
  });
});

describe("days", () => {
  it("count back from today and leave none out", () => {
    const noon = Date.parse("2026-03-02T12:00:00Z");
    expect(since(1, noon)).toBe("2026-03-02");
    expect(since(28, noon)).toBe("2026-02-03");
    expect(daysBetween("2026-02-27", "2026-03-02")).toEqual([
      "2026-02-27",
      "2026-02-28",
      "2026-03-01",
      "2026-03-02",
    ]);
  });
});
