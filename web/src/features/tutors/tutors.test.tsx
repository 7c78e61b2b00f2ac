// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, api, type Choices, type TutorDraft } from "../../api";
import { speak, startI18n } from "../../i18n";
import BuilderPage from "./BuilderPage";
import GuidePage from "./GuidePage";
import NewTutorPage from "./NewTutorPage";
import WorkshopPage from "./WorkshopPage";

const DRAFT: TutorDraft = {
  id: "t1",
  name: "Grace",
  language: "en",
  subject: "",
  avatar_id: "ada",
  poster_url: "/api/avatars/ada/poster",
  state: "published",
  version: 1,
  changed: false,
  changed_at: "2026-03-02T09:00:00Z",
  owner: "Maya",
  mine: true,
  revision: 3,
  content: {
    name: "Grace",
    language: "en",
    subject: "",
    summary: "",
    persona: "You are Grace.",
    greeting: "Hello",
    voice: "ada",
    avatar_id: "ada",
    llm_model: null,
    mode: "explain",
    pace: 1,
    push_to_talk: false,
    minutes_per_lesson: null,
    topics_allowed: [],
    topics_declined: [],
    age_band: null,
    library_ids: [],
  },
  published: null,
  teachers: [],
};

const CHOICES: Choices = {
  faces: [
    { avatar_id: "ada", name: "Ada", stock: true, poster_url: "" },
    { avatar_id: "lin", name: "Lin", stock: true, poster_url: "" },
  ],
  voices: [
    { id: "ada", name: "Ada", language: "en", gender: "female" },
    { id: "adam", name: "Adam", language: "en", gender: "male" },
    { id: "lin", name: "Lin", language: "zh", gender: "female" },
  ],
  models: ["extractive"],
};

function open(path: string) {
  render(
    <MemoryRouter initialEntries={[path]}>
      <Routes>
        <Route path="/workshop" element={<WorkshopPage />} />
        <Route path="/workshop/new" element={<NewTutorPage />} />
        <Route path="/workshop/:id/start" element={<GuidePage />} />
        <Route path="/workshop/:id" element={<BuilderPage />} />
        <Route path="/lesson/:id" element={<p>{"the lesson"}</p>} />
      </Routes>
    </MemoryRouter>,
  );
}

const field = (name: string | RegExp) => screen.getByLabelText(name) as HTMLInputElement;
const saves = () =>
  vi.spyOn(api.workshop, "save").mockImplementation(async (_, { revision, content }) => ({
    ...DRAFT,
    content,
    changed: true,
    revision: revision + 1,
  }));

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  vi.spyOn(api.workshop, "one").mockResolvedValue(DRAFT);
  vi.spyOn(api.workshop, "choices").mockResolvedValue(CHOICES);
  vi.spyOn(api.libraries, "every").mockResolvedValue({ libraries: [] });
});

afterEach(() => {
  cleanup();
  localStorage.removeItem("tutor.draft.t1");
  speak("en");
  vi.restoreAllMocks();
});

describe("the workshop", () => {
  it("shows what is a draft, what is published, and what has changes", async () => {
    vi.spyOn(api.workshop, "every").mockResolvedValue({
      tutors: [
        { ...DRAFT, changed: true },
        { ...DRAFT, id: "t2", name: "Old", state: "archived" },
      ],
    });
    open("/workshop");
    expect((await screen.findByTestId("work-tutor")).textContent).toContain("Grace");
    expect(screen.getByTestId("tutor-state").textContent).toContain("changes not published");
    fireEvent.click(screen.getByRole("button", { name: "Archive" }));
    expect(screen.getByTestId("work-tutor").textContent).toContain("Old");
    fireEvent.click(screen.getByRole("button", { name: "Drafts" }));
    expect(screen.getByText("No tutor here.")).toBeTruthy();
  });

  it("offers to make the first one", async () => {
    vi.spyOn(api.workshop, "every").mockResolvedValue({ tutors: [] });
    open("/workshop");
    expect(await screen.findByText(/takes about three minutes/)).toBeTruthy();
  });
});

describe("a new tutor", () => {
  it("begins with a name and a language", async () => {
    const create = vi.spyOn(api.workshop, "create").mockResolvedValue(DRAFT);
    open("/workshop/new");
    expect((screen.getByTestId("guide-next") as HTMLButtonElement).disabled).toBe(true);
    fireEvent.change(screen.getByTestId("new-name"), { target: { value: "Grace" } });
    fireEvent.click(screen.getByRole("radio", { name: "Chinese" }));
    fireEvent.click(screen.getByTestId("guide-next"));
    expect(await screen.findByText("What does Grace look and sound like?")).toBeTruthy();
    expect(create).toHaveBeenCalledExactlyOnceWith({ name: "Grace", language: "zh" });
  });

  it("is told when the name is taken", async () => {
    const taken = new ApiError(409, "name_taken", "This name is taken.", null, null);
    vi.spyOn(api.workshop, "create").mockRejectedValue(taken);
    open("/workshop/new");
    fireEvent.change(screen.getByTestId("new-name"), { target: { value: "Grace" } });
    fireEvent.click(screen.getByTestId("guide-next"));
    expect(await screen.findByText("This name is taken.")).toBeTruthy();
  });

  it("is led to a face, documents, and its first lesson", async () => {
    const save = saves();
    const publish = vi.spyOn(api.workshop, "publish").mockResolvedValue(DRAFT);
    open("/workshop/t1/start");
    fireEvent.click(await screen.findByRole("radio", { name: "Lin" }));
    fireEvent.click(screen.getByTestId("guide-next"));
    expect(await screen.findByText("What should Grace know?")).toBeTruthy();
    expect(screen.getByText(/^Grace answers from these documents/)).toBeTruthy();
    fireEvent.click(screen.getByTestId("guide-next"));
    fireEvent.click(await screen.findByTestId("publish"));
    await waitFor(() => expect(publish).toHaveBeenCalledOnce());
    expect(save.mock.calls[0]?.[1].content.avatar_id).toBe("lin");
  });
});

describe("the builder", () => {
  it("shows what students will meet while one types, and saves it", async () => {
    const save = saves();
    open("/workshop/t1");
    fireEvent.change(await screen.findByLabelText("Name"), { target: { value: "Hopper" } });
    expect(screen.getByTestId("preview").textContent).toContain("Hopper");
    fireEvent.change(field("Talks only about"), { target: { value: "Stars\n\nMoons\n" } });
    fireEvent.change(field("Longest lesson"), { target: { value: "30" } });
    await waitFor(() => expect(save).toHaveBeenCalled(), { timeout: 3_000 });
    expect(save.mock.lastCall?.[1]).toMatchObject({
      revision: 3,
      content: { name: "Hopper", topics_allowed: ["Stars", "Moons"], minutes_per_lesson: 30 },
    });
    await waitFor(() => expect(screen.getByTestId("saved").textContent).toBe("Saved"));
  });

  it("has the voices of the tutor's language, each to be heard", async () => {
    const hear = vi
      .spyOn(api.workshop, "hearVoice")
      .mockRejectedValue(new ApiError(503, "engine_unreachable", "", null, null));
    open("/workshop/t1");
    fireEvent.click(await screen.findByRole("button", { name: "Listen to Adam" }));
    expect(hear).toHaveBeenCalledExactlyOnceWith({ voice: "adam", language: "en", text: "Hello" });
    expect(await screen.findByText(/lesson server does not answer/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Listen to Lin" })).toBeNull();
  });

  it("saves before it is tried", async () => {
    const save = saves();
    const tried = vi.spyOn(api.workshop, "tryDraft").mockResolvedValue({ lesson_id: "l1" });
    open("/workshop/t1");
    fireEvent.change(await screen.findByLabelText("Greeting"), { target: { value: "Hi" } });
    fireEvent.click(screen.getByTestId("try"));
    expect(await screen.findByText("the lesson", {}, { timeout: 5_000 })).toBeTruthy();
    expect(save).toHaveBeenCalledOnce();
    expect(tried).toHaveBeenCalledExactlyOnceWith("t1");
  });

  it("tells of another tab and loses nothing", async () => {
    const save = saves().mockRejectedValueOnce(new ApiError(409, "draft_moved", "", null, null));
    open("/workshop/t1");
    fireEvent.change(await screen.findByLabelText("Subject"), { target: { value: "Mine" } });
    expect(
      await screen.findByText(/changed this tutor meanwhile/, {}, { timeout: 3_000 }),
    ).toBeTruthy();
    expect(screen.getByText("It differs in: Subject")).toBeTruthy();
    expect((screen.getByTestId("publish") as HTMLButtonElement).disabled).toBe(true);
    fireEvent.click(screen.getByTestId("keep-mine"));
    await waitFor(() => expect(save).toHaveBeenCalledTimes(2));
    expect(field("Subject").value).toBe("Mine");
  });

  it("shows versions with what changed, and takes one back", async () => {
    vi.spyOn(api.workshop, "versions").mockResolvedValue({
      versions: [
        {
          number: 2,
          author: "Maya",
          created_at: DRAFT.changed_at,
          current: true,
          changes: [{ field: "greeting", before: '"Hello"', after: '"<b>Hi</b>"' }],
          content: DRAFT.content,
        },
        {
          number: 1,
          author: "",
          created_at: DRAFT.changed_at,
          current: false,
          changes: [],
          content: DRAFT.content,
        },
      ],
    });
    const restore = vi.spyOn(api.workshop, "restore").mockResolvedValue(DRAFT);
    open("/workshop/t1");
    fireEvent.click(await screen.findByTestId("versions"));
    const list = await screen.findByTestId("version-list");
    expect(list.textContent).toContain("<b>Hi</b>");
    expect(list.querySelector("b")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Take this as the draft" }));
    await waitFor(() =>
      expect(restore).toHaveBeenCalledExactlyOnceWith("t1", "1", { revision: 3 }),
    );
  });

  it("is shared with colleagues", async () => {
    vi.spyOn(api.workshop, "colleagues").mockResolvedValue({
      colleagues: [{ id: "p2", name: "Noor" }],
    });
    const share = vi.spyOn(api.workshop, "share").mockResolvedValue(DRAFT);
    open("/workshop/t1");
    fireEvent.click(await screen.findByTestId("share"));
    fireEvent.click(await screen.findByRole("checkbox", { name: "Noor" }));
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(share).toHaveBeenCalledExactlyOnceWith("t1", { teacher_ids: ["p2"] }),
    );
  });
});

describe("the preview", () => {
  const film = () => new Response(new Blob(["film"], { type: "video/mp4" }));

  beforeEach(() => {
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:film");
    vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
  });

  it("says the teacher's sentence with face and voice, and rests afterwards", async () => {
    const watch = vi.spyOn(api.workshop, "watchFace").mockImplementation(async () => film());
    open("/workshop/t1");
    fireEvent.change(await screen.findByLabelText("Let it say"), {
      target: { value: " The moon is far away. " },
    });
    fireEvent.click(screen.getByTestId("say"));
    const clip = await screen.findByTestId("clip");
    expect(clip.getAttribute("src")).toBe("blob:film");
    expect(watch).toHaveBeenCalledExactlyOnceWith("ada", {
      voice: "ada",
      language: "en",
      text: "The moon is far away.",
    });
    fireEvent.ended(clip);
    expect(screen.queryByTestId("clip")).toBeNull();
    // The same again is not filmed again.
    fireEvent.click(screen.getByTestId("say"));
    await screen.findByTestId("clip");
    expect(watch).toHaveBeenCalledTimes(1);
    fireEvent.click(screen.getByTestId("say"));
    expect(screen.queryByTestId("clip")).toBeNull();
  });

  it("begins with the greeting and tells why there is no film", async () => {
    const watch = vi
      .spyOn(api.workshop, "watchFace")
      .mockRejectedValue(new ApiError(503, "engine_unreachable", "", null, null));
    open("/workshop/t1");
    fireEvent.click(await screen.findByTestId("say"));
    expect((await screen.findByRole("alert")).textContent).toMatch(/lesson server does not answer/);
    expect(watch.mock.lastCall?.[1].text).toBe("Hello");
  });
});
