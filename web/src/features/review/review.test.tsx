// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type AlertView, api, type Conversation, type FlagBrief, type ReviewTurn } from "../../api";
import { ApiError } from "../../api/client";
import { startI18n } from "../../i18n";
import Alerts from "./Alerts";
import ConversationPage from "./ConversationPage";
import Review from "./Review";

const FLAG: FlagBrief = {
  id: "f1",
  reason: "not_in_library",
  status: "open",
  student: { id: "s", name: "Lin Wei" },
  classes: ["7b"],
  tutor_name: "Ada",
  lesson_id: "l1",
  turn_id: "a1",
  question: "Who invented the <b>telescope</b>?",
  answer: "I did not find that.",
  words: "",
  note: "",
  created_at: "2026-03-02T09:00:00Z",
  handled_at: null,
  handled_by: null,
};

const TURN: ReviewTurn = {
  id: "a1",
  seq: 2,
  role: "assistant",
  content: "I did not find that.",
  heard: null,
  interrupted: false,
  citations: [],
  source: null,
  author: null,
  created_at: "2026-03-02T09:00:00Z",
};

const TALK: Conversation = {
  lesson_id: "l1",
  student: { id: "s", name: "Lin Wei" },
  classes: ["7b"],
  tutor_name: "Ada",
  started_at: "2026-03-02T09:00:00Z",
  ended_at: null,
  live: true,
  turns: [
    { ...TURN, id: "q1", seq: 1, role: "user", content: "Who invented it?", source: "voice" },
    TURN,
    { ...TURN, id: "w1", role: "teacher", content: "Look at page 12.", author: "Ms Li" },
  ],
};

const ALERT: AlertView = {
  id: "x1",
  level: "notice",
  kind: "violence",
  source: "student",
  excerpt: "I will hit him",
  student: { id: "s", name: "Lin Wei" },
  classes: ["7b"],
  lesson_id: "l1",
  turn_id: null,
  created_at: "2026-03-02T09:00:00Z",
  acknowledged_at: null,
  acknowledged_by: null,
  note: "",
  letters_sent: 0,
};

function shown(page: ReactNode, at = "/", path = "/") {
  return render(
    <MemoryRouter initialEntries={[at]}>
      <Routes>
        <Route path={path} element={page} />
      </Routes>
    </MemoryRouter>,
  );
}

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("the review inbox", () => {
  it("opens a flagged turn with what was said around it, and solves it with a note", async () => {
    vi.spyOn(api.classes, "every").mockResolvedValue({ classes: [] });
    vi.spyOn(api.review, "every").mockResolvedValue({ flags: [FLAG] });
    vi.spyOn(api.review, "one").mockResolvedValue({ flag: FLAG, turns: TALK.turns });
    const change = vi
      .spyOn(api.review, "change")
      .mockRejectedValueOnce(new ApiError(500, "internal", "Something broke.", "9", null))
      .mockResolvedValue({ ...FLAG, status: "solved", note: "Added.", handled_by: "Ms Li" });
    shown(<Review />);
    await screen.findByText("Who invented the <b>telescope</b>?");
    const button = screen.getByRole("button", { name: "Look at it" });
    fireEvent.click(button);
    expect(button.getAttribute("aria-expanded")).toBe("true");
    await screen.findByText("Look at page 12.");
    screen.getByText("Ms Li");
    fireEvent.change(screen.getByLabelText("Note"), { target: { value: "Added." } });
    const card = within(screen.getByRole("article"));
    fireEvent.click(card.getByRole("button", { name: "Solved" }));
    await card.findByText("Something broke.");
    fireEvent.click(card.getByRole("button", { name: "Solved" }));
    await card.findByText("Solved by Ms Li · Added.");
    expect(change.mock.lastCall).toEqual(["f1", { status: "solved", note: "Added." }]);
  });

  it("asks for what is chosen, and says when nothing waits", async () => {
    vi.spyOn(api.classes, "every").mockResolvedValue({ classes: [] });
    const every = vi.spyOn(api.review, "every").mockResolvedValue({ flags: [] });
    shown(<Review />);
    await screen.findByText("Nothing waits for you");
    fireEvent.change(screen.getByLabelText("Reason"), { target: { value: "report" } });
    fireEvent.click(screen.getByRole("button", { name: "Seen" }));
    await waitFor(() =>
      expect(every.mock.lastCall?.[0]).toMatchObject({ status: "seen", reason: "report" }),
    );
  });

  it("goes on where the list ended, and hides names where the school says so", async () => {
    vi.spyOn(api.classes, "every").mockResolvedValue({ classes: [] });
    const page = Array.from({ length: 30 }, (_, at) => ({ ...FLAG, id: `f${at}`, student: null }));
    const every = vi.spyOn(api.review, "every").mockResolvedValueOnce({ flags: page });
    every.mockResolvedValueOnce({ flags: [{ ...FLAG, id: "last" }] });
    shown(<Review />);
    fireEvent.click(await screen.findByRole("button", { name: "Show more" }));
    await screen.findByText("Lin Wei · Ada · 7b");
    expect(screen.getAllByText("A student · Ada · 7b")).toHaveLength(30);
    expect(every.mock.lastCall?.[0]).toMatchObject({ before: "f29" });
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });
});

describe("a conversation", () => {
  const open = () => shown(<ConversationPage />, "/review/lessons/l1", "/review/lessons/:id");

  it("is visited visibly while it goes on, and left when the page closes", async () => {
    vi.spyOn(api.review, "conversation").mockResolvedValue(TALK);
    const visit = vi.spyOn(api.wall, "visit").mockResolvedValue({ lasts_s: 30 });
    const leave = vi.spyOn(api.wall, "leave").mockResolvedValue();
    const { unmount } = open();
    await screen.findByText(/Lin Wei sees that you are here/);
    expect(visit).toHaveBeenCalledWith("l1");
    expect(leave).not.toHaveBeenCalled();
    unmount();
    expect(leave).toHaveBeenCalledWith("l1");
  });

  it("takes words of the teacher, once, and keeps them when they do not arrive", async () => {
    vi.spyOn(api.review, "conversation").mockResolvedValue(TALK);
    vi.spyOn(api.wall, "visit").mockResolvedValue({ lasts_s: 30 });
    vi.spyOn(api.wall, "leave").mockResolvedValue();
    const write = vi
      .spyOn(api.wall, "write")
      .mockRejectedValueOnce(new ApiError(409, "conflict", "It has ended.", null, null));
    write.mockResolvedValue({} as never);
    open();
    const field = (await screen.findByLabelText("Write to Lin Wei")) as HTMLTextAreaElement;
    const send = screen.getByRole("button", { name: "Send" }) as HTMLButtonElement;
    expect(send.disabled).toBe(true);
    fireEvent.change(field, { target: { value: "Look!" } });
    fireEvent.click(send);
    await screen.findByText("It has ended.");
    expect(field.value).toBe("Look!");
    fireEvent.click(send);
    fireEvent.click(send);
    await waitFor(() => expect(field.value).toBe(""));
    expect(write).toHaveBeenCalledTimes(2);
  });

  it("that is over is only read, and an answer in it can be called wrong", async () => {
    vi.spyOn(api.review, "conversation").mockResolvedValue({ ...TALK, live: false });
    const visit = vi.spyOn(api.wall, "visit");
    const wrong = vi.spyOn(api.review, "markWrong").mockResolvedValue(FLAG);
    open();
    await screen.findByText(/written into the audit log/);
    expect(screen.queryByLabelText("Write to Lin Wei")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "This answer is wrong" }));
    const what = screen.getByLabelText("What is wrong with it?");
    fireEvent.change(what, { target: { value: "It was Lippershey." } });
    fireEvent.click(screen.getByRole("button", { name: "Mark as wrong" }));
    await screen.findByText("Marked as wrong");
    expect(wrong).toHaveBeenCalledWith("a1", { words: "It was Lippershey." });
    expect(visit).not.toHaveBeenCalled();
  });
});

describe("alerts", () => {
  it("stand with the urgent ones first and go when somebody takes care", async () => {
    const urgent: AlertView = {
      ...ALERT,
      id: "x2",
      level: "urgent",
      kind: "self_harm",
      letters_sent: 2,
    };
    const every = vi.spyOn(api.alerts, "every").mockResolvedValue({ alerts: [ALERT, urgent] });
    const acknowledge = vi.spyOn(api.alerts, "acknowledge").mockResolvedValue(urgent);
    shown(<Alerts />);
    await screen.findByText("Urgent · Self-harm");
    screen.getByText("2 safety contacts were written to");
    const heads = screen.getAllByRole("article").map((card) => card.textContent ?? "");
    expect(heads[0]).toContain("Urgent");
    every.mockResolvedValue({ alerts: [ALERT] });
    fireEvent.change(screen.getAllByLabelText("What you did (optional)")[0] as HTMLElement, {
      target: { value: "Called." },
    });
    fireEvent.click(screen.getAllByRole("button", { name: "I take care of it" })[0] as HTMLElement);
    await waitFor(() => expect(screen.queryByText("Urgent · Self-harm")).toBeNull());
    expect(acknowledge).toHaveBeenCalledWith("x2", { note: "Called." });
  });

  it("that were acknowledged say by whom", async () => {
    const done = { ...ALERT, acknowledged_at: "2026-03-02T10:00:00Z", acknowledged_by: "Ms Li" };
    const every = vi.spyOn(api.alerts, "every").mockResolvedValueOnce({ alerts: [] });
    every.mockResolvedValue({ alerts: [{ ...done, note: "Called." }] });
    shown(<Alerts />);
    await screen.findByText("No alert waits");
    fireEvent.click(screen.getByRole("button", { name: "Acknowledged" }));
    await screen.findByText(/^Ms Li, .* · Called\.$/);
    expect(every.mock.lastCall?.[0]).toEqual({ acknowledged: true });
  });
});
