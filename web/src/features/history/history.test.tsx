// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { api, type LessonBody, type SearchHit } from "../../api";
import { startI18n } from "../../i18n";
import { Recordings } from "./Recordings";
import { dayStart, SearchForm, SearchResults, useSearch } from "./Search";
import { Summary } from "./Summary";
import { TakeAlong } from "./TakeAlong";

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const TUTOR = {
  id: "t1",
  name: "Ada",
  language: "en",
  subject: "Space",
  avatar_id: "a",
  poster_url: "/p",
} as const;

const hit = (id: string): SearchHit => ({
  lesson_id: "l1",
  turn_id: id,
  tutor: TUTOR,
  role: "assistant",
  created_at: "2026-11-01T10:00:00Z",
  snippet: [
    { text: "<i>", hit: false },
    { text: "Mars", hit: true },
  ],
});

function Page() {
  const search = useSearch();
  return (
    <MemoryRouter>
      <SearchForm
        tutors={[TUTOR]}
        searching={search.state !== "no"}
        onSearch={(wanted) => void search.load(wanted, [])}
      />
      <SearchResults search={search} />
    </MemoryRouter>
  );
}

describe("a search", () => {
  async function look(words: string) {
    fireEvent.change(screen.getByTestId("search"), { target: { value: words } });
    await act(async () => fireEvent.submit(screen.getByTestId("search")));
  }

  it("shows places with the words marked, and leads there", async () => {
    const search = vi.spyOn(api.lessons, "search").mockResolvedValue({ hits: [hit("t5")] });
    render(<Page />);
    await look("  ");
    expect(search).not.toHaveBeenCalled();
    await look(" mars ");
    expect(search).toHaveBeenCalledExactlyOnceWith({ q: "mars", limit: 20 });
    const found = screen.getByTestId("hit");
    expect(found.querySelector("mark")?.textContent).toBe("Mars");
    expect(found.textContent).toContain("Ada: <i>Mars");
    expect(found.getAttribute("href")).toBe("/history/l1#turn-t5");
    fireEvent.click(screen.getByRole("button", { name: "Clear the search" }));
    expect(screen.queryByTestId("hit")).toBeNull();
  });

  it("is narrowed by tutor and by whole days, and goes on", async () => {
    const full = Array.from({ length: 20 }, (_, number) => hit(`t${number}`));
    const search = vi.spyOn(api.lessons, "search").mockResolvedValue({ hits: full });
    render(<Page />);
    fireEvent.change(screen.getByLabelText("Tutor"), { target: { value: "t1" } });
    for (const edge of ["From", "To"])
      fireEvent.change(screen.getByLabelText(edge), { target: { value: "2026-11-02" } });
    await look("mars");
    const asked = search.mock.calls[0]?.[0];
    expect(asked).toMatchObject({ tutor_id: "t1", since: dayStart("2026-11-02") });
    expect(Date.parse(asked?.until ?? "") - Date.parse(asked?.since ?? "")).toBe(86_400_000);
    search.mockResolvedValue({ hits: [hit("last")] });
    await act(async () => fireEvent.click(screen.getByRole("button", { name: "Show more" })));
    expect(search.mock.calls[1]?.[0]).toMatchObject({ before: "t19" });
    expect(screen.getAllByTestId("hit")).toHaveLength(21);
  });

  it("says when nothing was found, and when it failed", async () => {
    const search = vi.spyOn(api.lessons, "search").mockResolvedValue({ hits: [] });
    render(<Page />);
    await look("xyz");
    expect(screen.getByText(/Nothing was said about “xyz”/)).toBeTruthy();
    search.mockRejectedValue(new Error("down"));
    await look("mars");
    expect(screen.getByRole("alert")).toBeTruthy();
  });
});

const LESSON = { id: "l1", tutor: { ...TUTOR, mode: "quiz" } } as unknown as LessonBody;

describe("after a lesson", () => {
  it("says what it was about, with sources that open", async () => {
    const citation = {
      n: 1,
      document: "d",
      title: "Sky",
      page: 3,
      quote: "q",
      start: 0,
      end: 1,
      version: "",
    };
    vi.spyOn(api.lessons, "summary").mockResolvedValue({
      lesson_id: "l1",
      minutes: 7,
      asked: [{ turn_id: "t1", content: "Why?" }],
      key_sentences: [
        { turn_id: "t2", content: "Clouds form.", citation },
        { turn_id: "t2", content: "Clouds form.", citation: { ...citation, n: citation.n + 1 } },
      ],
      practise: [{ concept: "dew point", source: "Sky", turn_id: "t4" }],
      mastered: ["rain"],
    });
    const onCite = vi.fn();
    render(
      <MemoryRouter>
        <Summary lesson={LESSON} onCite={onCite} />
      </MemoryRouter>,
    );
    await screen.findByTestId("summary");
    expect(screen.getByText("7 minutes together")).toBeTruthy();
    expect(screen.getAllByText("Clouds form.")).toHaveLength(1);
    expect(screen.getByTestId("key-sentences").querySelectorAll(".chip")).toHaveLength(2);
    expect(screen.getByText("Why?").getAttribute("href")).toBe("/#turn-t1");
    const [first] = screen.getAllByRole("button", { name: /Sky/ });
    fireEvent.click(first as HTMLElement);
    expect(onCite).toHaveBeenCalledExactlyOnceWith(citation);
    expect(screen.getByTestId("practise").textContent).toBe("dew point from Sky");
    expect(screen.getByTestId("mastered").textContent).toBe("rain");
  });

  it("can be taken along in four forms", () => {
    render(<TakeAlong lessonId="l 1" />);
    expect(screen.getByTestId("export-vtt").getAttribute("href")).toBe(
      "/api/lessons/l%201/transcript?format=vtt",
    );
    expect(screen.getAllByRole("link")).toHaveLength(4);
  });

  it("lets the student hear and delete what was recorded", async () => {
    const one = {
      id: "r1",
      media_type: "audio/webm",
      size_bytes: 9,
      started_at: "2026-11-01T10:00:00Z",
      ended_at: null,
    } as const;
    const view = vi
      .spyOn(api.recordings, "ofLesson")
      .mockResolvedValue({ state: "granted", asked_by: "Maya", recordings: [one] });
    const answer = vi.spyOn(api.recordings, "answer").mockResolvedValue({} as never);
    const { container } = render(<Recordings lessonId="l1" />);
    await screen.findByTestId("recordings");
    expect(container.querySelector("audio")?.getAttribute("src")).toBe("/api/recordings/r1/sound");
    expect(screen.getByText("Maya may hear this too.")).toBeTruthy();
    view.mockResolvedValue({ state: "revoked", asked_by: "Maya", recordings: [] });
    await act(async () => fireEvent.click(screen.getByTestId("recordings-erase")));
    expect(answer).toHaveBeenCalledExactlyOnceWith("l1", { consent: false });
    expect(screen.queryByTestId("recordings")).toBeNull();
  });
});
