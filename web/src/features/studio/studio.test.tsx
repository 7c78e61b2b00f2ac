// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, api, type FaceView } from "../../api";
import { speak, startI18n } from "../../i18n";
import FacePage from "./FacePage";

const FACE: FaceView = {
  id: "f1",
  name: "Ann",
  avatar_id: "face-f1",
  state: "ready",
  mine: true,
  real_person: true,
  owner: "Maya",
  poster_url: "/api/avatars/face-f1/poster",
  progress: 1,
  step: "",
  created_at: "2026-03-02T09:00:00Z",
  label: "",
  file_name: "ann.mp4",
  size_bytes: 10,
  seconds_left: null,
  messages: [],
  consent: {
    policy: "recorded",
    needed: true,
    given: false,
    kind: null,
    signer: "",
    given_at: null,
    recording_url: null,
  },
  approval: { needed: false, given: false, by: "", mine_to_give: false },
  tutors: [],
  published_at: null,
};

const GIVEN = {
  ...FACE.consent,
  given: true,
  kind: "recorded",
  signer: "Ann Example",
  given_at: "2026-03-02T09:10:00Z",
  recording_url: "/api/faces/f1/consent/recording",
};

function open(face: Partial<FaceView> = {}) {
  if (!vi.isMockFunction(api.workshop.choices)) {
    const none = { faces: [], voices: [], models: [] };
    vi.spyOn(api.workshop, "choices").mockResolvedValue(none);
  }
  const one = vi.spyOn(api.faces, "one").mockResolvedValue({ ...FACE, ...face });
  render(
    <MemoryRouter initialEntries={["/studio/f1"]}>
      <Routes>
        <Route path="/studio/:id" element={<FacePage />} />
        <Route path="/studio" element={<p>{"the studio"}</p>} />
      </Routes>
    </MemoryRouter>,
  );
  return one;
}

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

describe("a face", () => {
  it("shows each step of its making, and can be stopped", async () => {
    const cancel = vi.spyOn(api.faces, "cancel").mockResolvedValue(undefined);
    open({ state: "building", poster_url: null, step: "loop", progress: 0.75, seconds_left: 3.2 });
    expect(await screen.findByText("Looking for a quiet loop · about 4 s left")).toBeTruthy();
    expect((screen.getByRole("progressbar") as HTMLProgressElement).value).toBe(0.75);
    const [opening, checking, making, keeping] = screen.getAllByRole("listitem");
    expect(making?.getAttribute("aria-current")).toBe("step");
    for (const done of [opening, checking]) expect(done?.className).toContain("done");
    expect(keeping?.className).not.toContain("done");
    fireEvent.click(screen.getByRole("button", { name: "Stop" }));
    await waitFor(() => expect(cancel).toHaveBeenCalledExactlyOnceWith("f1"));
  });

  it("that was refused says why, shows the frame, and asks for another file", async () => {
    open({
      state: "failed",
      poster_url: null,
      messages: [
        {
          level: "error",
          content: "At 2.0 s: No face was found.",
          second: 2,
          picture_url: "/api/faces/f1/findings/0",
        },
      ],
    });
    expect(await screen.findByText("At 2.0 s: No face was found.")).toBeTruthy();
    const frame = screen.getByAltText("The frame in which this was seen");
    expect(frame.getAttribute("src")).toBe("/api/faces/f1/findings/0");
    expect(screen.getByRole("button", { name: "Try another photo or video" })).toBeTruthy();
    expect(screen.getByText(/one person looks into the camera/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Delete this face" })).toBeTruthy();
  });

  it("of a real person waits for consent", async () => {
    open();
    const publish = (await screen.findByTestId("publish-face")) as HTMLButtonElement;
    expect(publish.disabled).toBe(true);
  });

  it("with consent is published", async () => {
    const publish = vi.spyOn(api.faces, "publish").mockResolvedValue(undefined);
    open({ consent: GIVEN });
    expect((await screen.findByTestId("consent-given")).textContent).toContain("Ann Example");
    expect(document.querySelector("video")).toBeNull();
    fireEvent.click(screen.getByTestId("publish-face"));
    await waitFor(() => expect(publish).toHaveBeenCalledExactlyOnceWith("f1"));
  });

  it("of a colleague can be approved but not changed", async () => {
    const approve = vi.spyOn(api.faces, "approve").mockResolvedValue(undefined);
    open({
      mine: false,
      consent: { ...GIVEN, recording_url: null },
      approval: { needed: true, given: false, by: "", mine_to_give: true },
    });
    fireEvent.click(await screen.findByRole("button", { name: "Approve" }));
    await waitFor(() => expect(approve).toHaveBeenCalledOnce());
    expect(screen.queryByTestId("revoke")).toBeNull();
    expect(screen.queryByTestId("publish-face")).toBeNull();
  });

  it("is taken back after a second look", async () => {
    const revoke = vi.spyOn(api.faces, "revoke").mockResolvedValue(undefined);
    open({ state: "published", consent: GIVEN, tutors: [{ id: "t1", name: "Grace" }] });
    fireEvent.click(await screen.findByTestId("revoke"));
    expect(screen.getByText("Grace will wear a drawn face instead.")).toBeTruthy();
    expect(revoke).not.toHaveBeenCalled();
    fireEvent.click(screen.getByTestId("revoke-sure"));
    expect(await screen.findByText("the studio", {}, { timeout: 5_000 })).toBeTruthy();
  });
});

describe("consent", () => {
  async function begun(typed: boolean) {
    vi.spyOn(api.faces, "consentPhrase").mockResolvedValue({
      phrase: "amber bridge candle dolphin",
      until: "2026-03-02T10:00:00Z",
    });
    open({ consent: { ...FACE.consent, policy: typed ? "typed" : "recorded" } });
    fireEvent.change(await screen.findByTestId("signer"), { target: { value: "Ann Example" } });
    fireEvent.click(screen.getByTestId("consent-begin"));
    const words = await screen.findByTestId("phrase");
    expect(words.textContent).toContain("I, Ann Example, agree");
    expect(words.textContent).toContain("amber bridge candle dolphin");
  }

  it("in writing carries the words and the sentence", async () => {
    const sign = vi.spyOn(api.faces, "signConsent").mockResolvedValue(undefined);
    await begun(true);
    const words = "amber bridge candle dolphin";
    fireEvent.change(screen.getByTestId("typed-phrase"), { target: { value: words } });
    fireEvent.click(screen.getByRole("button", { name: "I agree" }));
    await waitFor(() => expect(sign).toHaveBeenCalledOnce());
    expect(sign.mock.lastCall?.[1]).toMatchObject({ signer: "Ann Example", phrase: words });
    expect(sign.mock.lastCall?.[1].statement).toContain("I, Ann Example, agree");
  });

  it("says what to do when the camera is refused", async () => {
    const refused = { getUserMedia: vi.fn().mockRejectedValue(new Error("NotAllowedError")) };
    vi.stubGlobal("navigator", { ...navigator, mediaDevices: refused });
    await begun(false);
    fireEvent.click(screen.getByTestId("record"));
    expect(await screen.findByText(/does not let this page use the camera/)).toBeTruthy();
    vi.unstubAllGlobals();
  });

  it("that fails can be begun again", async () => {
    vi.spyOn(api.faces, "consentPhrase").mockRejectedValue(
      new ApiError(409, "conflict", "Not now.", null, null),
    );
    open();
    fireEvent.change(await screen.findByTestId("signer"), { target: { value: "Ann" } });
    fireEvent.click(screen.getByTestId("consent-begin"));
    expect(await screen.findByText("Not now.")).toBeTruthy();
  });
});

it("lets a face be watched in a voice of the teacher's choice", async () => {
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:film");
  vi.spyOn(api.workshop, "choices").mockResolvedValue({
    faces: [],
    models: [],
    voices: [
      { id: "ada", name: "Ada", language: "en", gender: "female" },
      { id: "lin", name: "Lin", language: "zh", gender: "female" },
    ],
  });
  const watch = vi.spyOn(api.workshop, "watchFace").mockImplementation(async () => new Response());
  open({ label: "Made of Ann" });
  fireEvent.change(await screen.findByLabelText("Voice"), { target: { value: "lin" } });
  fireEvent.click(screen.getByTestId("say"));
  await screen.findByTestId("clip");
  expect(watch.mock.lastCall?.[0]).toBe("face-f1");
  expect(watch.mock.lastCall?.[1]).toMatchObject({ voice: "lin", language: "zh" });
  expect(screen.getByTestId("ai-label").textContent).toBe("AI tutor · Made of Ann");
});
