// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type ClassView, type Person, type WallLesson } from "../../api";
import { ApiError } from "../../api/client";
import { startI18n } from "../../i18n";
import { type Session, SessionContext } from "../session/session";
import { AlertBadge } from "./AlertBadge";
import Classes from "./Classes";
import ClassPage from "./ClassPage";
import { Company } from "./Company";
import { listen } from "./news";
import WallPage from "./WallPage";

const TEACHER = { id: "t", role: "teacher", name: "Ms Li", language: "en" } as Person;

const CLASS: ClassView = {
  id: "c1",
  name: "Physics 7b",
  language: "en",
  term: "Autumn 2026",
  archived: false,
  teachers: [{ id: "t", name: "Ms Li" }],
  tutors: [{ id: "ada", name: "Ada" }],
  student_count: 1,
  join_code: "ACD34EF",
  students: [{ id: "s", name: "Lin Wei", username: "lin", joined_at: "2026-03-02T09:00:00Z" }],
  mine: true,
};

const LESSON: WallLesson = {
  lesson_id: "l1",
  student: { id: "s", name: "Lin Wei" },
  classes: ["Physics 7b"],
  tutor: {
    id: "ada",
    name: "Ada",
    language: "en",
    subject: "Space",
    avatar_id: "ada",
    poster_url: "",
  },
  mode: "explain",
  since: new Date(Date.now() - 4 * 60_000).toISOString(),
  state: "thinking",
  level: "still",
  reason: "network",
  loss: 0.05,
  last_words: "Why is the sky <b>blue</b>?",
  visitors: [{ id: "x", name: "Mr Ruiz" }],
};

class Source extends EventTarget {
  static CLOSED = 2;
  static open: Source[] = [];
  readyState = 1;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    Source.open.push(this);
  }
  close() {
    this.readyState = 2;
    Source.open = Source.open.filter((each) => each !== this);
  }
  tell(name: string, data: string) {
    act(() => {
      this.dispatchEvent(Object.assign(new Event(name), { data }));
    });
  }
}

const source = () => {
  const [only] = Source.open;
  if (!only || Source.open.length !== 1) throw new Error("not one stream");
  return only;
};

function shown(page: ReactNode, person: Person = TEACHER, at = "/", path = "/") {
  const session = { current: { state: "in", person } } as unknown as Session;
  return render(
    <SessionContext value={session}>
      <MemoryRouter initialEntries={[at]}>
        <Routes>
          <Route path={path} element={page} />
          <Route path="*" element={<p>elsewhere</p>} />
        </Routes>
      </MemoryRouter>
    </SessionContext>,
  );
}

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  vi.stubGlobal("EventSource", Source);
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  Source.open = [];
});

describe("the list of classes", () => {
  it("offers to make the first one, and opens it when it is made", async () => {
    vi.spyOn(api.classes, "every").mockResolvedValue({ classes: [] });
    const create = vi.spyOn(api.classes, "create").mockResolvedValue(CLASS);
    shown(<Classes />);
    await screen.findByText("No class yet");
    fireEvent.click(screen.getByTestId("new-class"));
    fireEvent.change(screen.getByLabelText("Name of the class"), { target: { value: "7b" } });
    const button = screen.getByRole("button", { name: "Make the class" });
    fireEvent.click(button);
    fireEvent.click(button);
    await screen.findByText("elsewhere");
    expect(create.mock.calls).toEqual([[{ name: "7b", term: "", language: "en" }]]);
  });

  it("shows students their classes and the way into another", async () => {
    const seen = { ...CLASS, student_count: null };
    vi.spyOn(api.classes, "every").mockResolvedValue({ classes: [seen] });
    shown(<Classes />, { ...TEACHER, role: "student" });
    await screen.findByText("Physics 7b");
    expect(screen.queryByTestId("new-class")).toBeNull();
    expect(screen.getByRole("link", { name: "Join a class" }).getAttribute("href")).toBe("/join");
    expect(screen.queryByRole("link", { name: "Physics 7b" })).toBeNull();
  });

  it("tells when it cannot be had, and tries again", async () => {
    const every = vi
      .spyOn(api.classes, "every")
      .mockRejectedValueOnce(new ApiError(0, "offline", "", null, null));
    every.mockResolvedValue({ classes: [CLASS] });
    shown(<Classes />);
    fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
    await screen.findByRole("link", { name: "Physics 7b" });
  });
});

describe("a class", () => {
  beforeEach(() => {
    vi.spyOn(api.tutors, "every").mockResolvedValue({ tutors: [] });
    vi.spyOn(api.classes, "staff").mockResolvedValue({
      people: [
        { id: "t", name: "Ms Li" },
        { id: "a", name: "Mr Ruiz" },
      ],
    });
  });

  const open = () => shown(<ClassPage />, TEACHER, "/classes/c1", "/classes/:id");

  it("shows its code large, changes it and switches it off", async () => {
    vi.spyOn(api.classes, "one").mockResolvedValue(CLASS);
    vi.spyOn(api.classes, "dropCode").mockResolvedValue({ ...CLASS, join_code: null });
    open();
    expect((await screen.findByTestId("join-code")).textContent).toBe("ACD34EF");
    fireEvent.click(screen.getByRole("button", { name: "Show large" }));
    expect(screen.getAllByText("ACD34EF")).toHaveLength(2);
    fireEvent.click(screen.getByRole("button", { name: "Close" }));
    fireEvent.click(screen.getByRole("button", { name: "Switch off" }));
    await screen.findByText("Joining by code is switched off.");
  });

  it("asks before it removes a student", async () => {
    vi.spyOn(api.classes, "one").mockResolvedValue(CLASS);
    const remove = vi.spyOn(api.classes, "removeStudent").mockResolvedValue();
    const sure = vi.fn().mockReturnValueOnce(false).mockReturnValue(true);
    vi.stubGlobal("confirm", sure);
    open();
    const button = await screen.findByRole("button", { name: "Remove Lin Wei from the class" });
    fireEvent.click(button);
    expect(remove).not.toHaveBeenCalled();
    fireEvent.click(button);
    await waitFor(() => expect(remove).toHaveBeenCalledWith("c1", "s"));
  });

  it("saves who teaches it when somebody is chosen", async () => {
    vi.spyOn(api.classes, "one").mockResolvedValue(CLASS);
    const save = vi.spyOn(api.classes, "setTeachers").mockResolvedValue(CLASS);
    open();
    fireEvent.click(await screen.findByRole("checkbox", { name: "Mr Ruiz" }));
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(save).toHaveBeenCalledWith("c1", { person_ids: ["t", "a"] }));
    // A class without a teacher cannot be saved, a tutor that is not to be had any more can be given up.
    expect(screen.getByRole("checkbox", { name: "Ada" })).toBeTruthy();
  });

  it("says that an administrator is a guest", async () => {
    vi.spyOn(api.classes, "one").mockResolvedValue({ ...CLASS, mine: false });
    open();
    await screen.findByText(/as an administrator/);
  });
});

describe("the live wall", () => {
  it("shows who learns now, in words, and never as markup", async () => {
    vi.spyOn(api.wall, "live").mockResolvedValue({ lessons: [LESSON] });
    shown(<WallPage />);
    const card = within(await screen.findByRole("article"));
    expect(card.getByRole("link", { name: "Lin Wei" }).getAttribute("href")).toBe(
      "/review/lessons/l1",
    );
    card.getByText("with Ada · 4 minutes · Physics 7b");
    card.getByText("Tutor thinks");
    card.getByText("Why is the sky <b>blue</b>?");
    card.getByText("Still picture, sound goes on · the student's network");
    card.getByText("Here now: Mr Ruiz");
  });

  it("looks again when it is told to, and keeps what it shows meanwhile", async () => {
    const live = vi.spyOn(api.wall, "live").mockResolvedValueOnce({ lessons: [LESSON] });
    shown(<WallPage />);
    await screen.findByText("Lin Wei");
    live.mockRejectedValueOnce(new ApiError(0, "offline", "", null, null));
    source().tell("wall", "{}");
    await screen.findByText(/No connection to the live view/);
    screen.getByText("Lin Wei");
    live.mockResolvedValue({ lessons: [] });
    source().tell("wall", "{}");
    await screen.findByText("Quiet right now");
  });
});

describe("company in a lesson", () => {
  it("tells the student who is here and what they write, for this lesson only", async () => {
    vi.spyOn(api.wall, "company").mockResolvedValue({ present: [], words: [] });
    shown(<Company lessonId="l1" />);
    await waitFor(() => expect(api.wall.company).toHaveBeenCalledWith("l1"));
    expect(screen.queryByTestId("company")).toBeNull();
    const here = { lesson_id: "l1", present: [{ id: "t", name: "Ms Li" }] };
    source().tell("company", JSON.stringify({ ...here, lesson_id: "other" }));
    expect(screen.queryByTestId("company")).toBeNull();
    source().tell("company", JSON.stringify(here));
    screen.getByText("Ms Li is here and can read along.");
    const words = {
      id: "w",
      lesson_id: "l1",
      after_seq: 2,
      name: "Ms Li",
      content: "Look at <i>page 12</i>.",
      created_at: "2026-03-02T09:00:00Z",
    };
    for (const _ of [1, 2]) source().tell("words", JSON.stringify(words));
    expect(screen.getAllByText("Look at <i>page 12</i>.")).toHaveLength(1);
    screen.getByText("Ms Li, your teacher");
    source().tell("company", JSON.stringify({ ...here, present: [] }));
    expect(screen.queryByText("Ms Li is here and can read along.")).toBeNull();
    screen.getByText("Ms Li, your teacher");
  });
});

describe("news", () => {
  it("share one stream, which goes with the last listener", () => {
    const told = vi.fn();
    const stops = [listen("wall", told), listen("alerts", told)];
    expect(source().url).toBe("/api/news");
    source().tell("wall", "half a");
    source().tell("wall", '{"a":1}');
    expect(told.mock.calls).toEqual([[{ a: 1 }]]);
    for (const stop of stops) stop();
    expect(Source.open).toEqual([]);
  });

  it("open the stream again when it was refused for good", () => {
    vi.useFakeTimers();
    const stop = listen("wall", vi.fn());
    const first = source();
    first.close();
    first.onerror?.();
    vi.advanceTimersByTime(5_000);
    expect(source()).not.toBe(first);
    stop();
    vi.useRealTimers();
  });

  it("count the alerts that wait beside the navigation", () => {
    render(<AlertBadge />);
    expect(screen.queryByTestId("alert-badge")).toBeNull();
    source().tell("alerts", '{"notice":1,"urgent":1}');
    expect(screen.getByRole("status").textContent).toBe("2 alerts wait, urgent");
    source().tell("alerts", '{"notice":1,"urgent":0}');
    expect(screen.getByRole("status").textContent).toBe("1 alert waits");
  });
});
