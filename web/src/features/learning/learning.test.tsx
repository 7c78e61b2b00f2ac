// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type LearningView } from "../../api";
import { startI18n } from "../../i18n";
import KnownPage from "./KnownPage";

const KNOWN: LearningView = {
  remember: true,
  facts: [
    {
      id: "f1",
      kind: "likes",
      content: "<b>football</b>",
      lesson_id: "l1",
      created_at: "2026-11-01T10:00:00Z",
    },
    {
      id: "f2",
      kind: "told",
      content: "a test",
      lesson_id: null,
      created_at: "2026-11-01T10:00:00Z",
    },
  ],
  concepts: [
    {
      key: "dew point",
      concept: "Dew point",
      mastery: 0.625,
      level: "growing",
      evidence: [
        {
          lesson_id: "l1",
          turn_id: "t9",
          kind: "quiz",
          outcome: "right",
          source: "Sky",
          created_at: "2026-11-01T10:00:00Z",
        },
      ],
    },
  ],
};

let now: LearningView;

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});
beforeEach(() => {
  now = KNOWN;
  vi.spyOn(api.learning, "everything").mockImplementation(() => Promise.resolve(now));
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

async function open() {
  render(
    <MemoryRouter>
      <KnownPage />
    </MemoryRouter>,
  );
  await screen.findByTestId("known");
}

describe("what a student knows", () => {
  it("is shown with where it comes from, as text", async () => {
    await open();
    const [first] = screen.getAllByTestId("fact");
    expect(first?.textContent).toContain("You like<b>football</b>");
    expect(screen.getByTestId("known").querySelector("b")).toBeNull();
    const concept = screen.getByTestId("concept");
    expect(within(concept).getByLabelText("63 % sure that you know it")).toBeTruthy();
    expect(within(concept).getByRole("link").getAttribute("href")).toBe("/history/l1#turn-t9");
  });

  it("is forgotten one by one", async () => {
    const forget = vi.spyOn(api.learning, "forgetFact").mockResolvedValue();
    const concept = vi.spyOn(api.learning, "forgetConcept").mockResolvedValue();
    await open();
    now = { ...KNOWN, facts: [] };
    await act(async () => fireEvent.click(screen.getByRole("button", { name: "Forget “a test”" })));
    expect(forget).toHaveBeenCalledExactlyOnceWith("f2");
    expect(screen.queryAllByTestId("fact")).toEqual([]);
    await act(async () => fireEvent.click(screen.getByTestId("forget-concept")));
    expect(concept).toHaveBeenCalledExactlyOnceWith({ concept: "dew point" });
  });

  it("is forgotten as a whole only after a question", async () => {
    const erase = vi.spyOn(api.learning, "erase").mockResolvedValue();
    await open();
    fireEvent.click(screen.getByTestId("erase-all"));
    expect(erase).not.toHaveBeenCalled();
    await act(async () => fireEvent.click(screen.getByTestId("erase-sure")));
    expect(erase).toHaveBeenCalledOnce();
  });

  it("grows by what the student writes, and not by nothing", async () => {
    const tell = vi.spyOn(api.learning, "tell").mockResolvedValue(KNOWN.facts[1] as never);
    await open();
    fireEvent.click(screen.getByTestId("tell-go"));
    expect(tell).not.toHaveBeenCalled();
    fireEvent.change(screen.getByTestId("tell"), { target: { value: " a test " } });
    await act(async () => fireEvent.submit(screen.getByTestId("tell")));
    expect(tell).toHaveBeenCalledExactlyOnceWith({ content: "a test" });
  });

  it("can be switched off, and says so when that fails", async () => {
    const choose = vi.spyOn(api.learning, "choose").mockRejectedValue(new Error("down"));
    await open();
    await act(async () => fireEvent.click(screen.getByTestId("remember")));
    expect(choose).toHaveBeenCalledExactlyOnceWith({ remember: false });
    expect(screen.getByRole("alert")).toBeTruthy();
  });

  it("says what to do while there is nothing", async () => {
    now = { remember: true, facts: [], concepts: [] };
    await open();
    expect(screen.getByRole("link", { name: "Choose a tutor" })).toBeTruthy();
    expect(screen.getByText(/Remember that I have a test/)).toBeTruthy();
  });
});
