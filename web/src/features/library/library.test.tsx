// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type LibraryView, type ShelvedDocument } from "../../api";
import { speak, startI18n } from "../../i18n";
import LibraryPage from "./LibraryPage";

const DOCUMENT: ShelvedDocument = {
  id: "d1",
  title: "Moons",
  kind: "pdf",
  pages: 12,
  file_name: "moons.pdf",
  version: "0",
  size_bytes: 2_000_000,
  state: "ready",
  progress: 1,
  step: "",
  seconds_left: null,
  messages: [],
  created_at: "2026-03-02T09:00:00Z",
  changed_at: null,
};

const LIBRARY: LibraryView = {
  id: "b1",
  name: "Space",
  language: "en",
  mine: true,
  documents: 1,
  pages: 12,
  size_bytes: 2_000_000,
  tutors: [{ id: "t1", name: "Ada" }],
  created_at: "2026-03-02T09:00:00Z",
  shelf: [DOCUMENT],
};

function open(changes: Partial<ShelvedDocument> = {}, library: Partial<LibraryView> = {}) {
  const shelf = [{ ...DOCUMENT, ...changes }];
  vi.spyOn(api.libraries, "one").mockResolvedValue({ ...LIBRARY, shelf, ...library });
  render(
    <MemoryRouter initialEntries={["/libraries/b1"]}>
      <Routes>
        <Route path="/libraries/:id" element={<LibraryPage />} />
        <Route path="/libraries" element={<p>{"all libraries"}</p>} />
      </Routes>
    </MemoryRouter>,
  );
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

describe("a library", () => {
  it("shows its documents and who answers from them", async () => {
    open();
    expect((await screen.findByTestId("document")).textContent).toContain(
      "PDF · 12 pages · 2.0 MB",
    );
    expect(screen.getByText("Used by Ada")).toBeTruthy();
    expect(screen.getByRole("link", { name: /Moons/ }).getAttribute("rel")).toBe("noreferrer");
  });

  it("tells how far a document is, and stops it", async () => {
    const cancel = vi.spyOn(api.libraries, "cancelReading").mockResolvedValue(undefined);
    open({ state: "reading", progress: 0.4, seconds_left: 5.1, pages: null });
    expect(await screen.findByText("about 6 s left")).toBeTruthy();
    expect((screen.getByRole("progressbar") as HTMLProgressElement).value).toBe(0.4);
    fireEvent.click(screen.getByRole("button", { name: "Stop" }));
    await waitFor(() => expect(cancel).toHaveBeenCalledExactlyOnceWith("d1"));
  });

  it("says which pages failed and why, the many folded away", async () => {
    const messages = Array.from({ length: 7 }, (_, index) => ({
      level: "error",
      content: `Reason ${index}`,
      page: index + 1,
    }));
    open({ messages });
    expect(await screen.findByText(/p\. 1 Reason 0/)).toBeTruthy();
    expect(screen.getByText("2 more remarks")).toBeTruthy();
  });

  it("offers a refused document again, and deletes only when asked twice", async () => {
    const retry = vi.spyOn(api.libraries, "retryReading").mockResolvedValue(undefined);
    const remove = vi.spyOn(api.libraries, "deleteDocument").mockResolvedValue(undefined);
    open({ state: "failed" });
    fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
    await waitFor(() => expect(retry).toHaveBeenCalledOnce());
    fireEvent.click(screen.getByTestId("delete"));
    expect(remove).not.toHaveBeenCalled();
    fireEvent.click(screen.getByTestId("delete-sure"));
    await waitFor(() => expect(remove).toHaveBeenCalledExactlyOnceWith("d1"));
  });

  it("of a colleague is only to be read", async () => {
    open({}, { mine: false });
    await screen.findByTestId("document");
    expect(screen.queryByTestId("drop")).toBeNull();
    expect(screen.queryByTestId("delete")).toBeNull();
    expect(screen.queryByTestId("delete-library")).toBeNull();
  });

  it("finds passages with their page, or says that there are none", async () => {
    const passage = {
      document_id: "d1",
      title: "Moons",
      heading: "Mars",
      page: 3,
      start: 0,
      end: 4,
      text: "<i>Two</i>",
      score: 1,
    };
    const ask = vi.spyOn(api.libraries, "ask").mockResolvedValueOnce({ passages: [passage] });
    open();
    fireEvent.change(await screen.findByTestId("ask-library"), { target: { value: "Moons?" } });
    fireEvent.click(screen.getByRole("button", { name: "Ask" }));
    const found = await screen.findByTestId("passages");
    expect(found.textContent).toContain("<i>Two</i>");
    expect(found.querySelector("a")?.getAttribute("href")).toBe("/api/documents/d1/file#page=3");
    ask.mockResolvedValueOnce({ passages: [] });
    fireEvent.click(screen.getByRole("button", { name: "Ask" }));
    expect(await screen.findByText("Nothing in the library answers this.")).toBeTruthy();
  });

  it("is deleted after a second look", async () => {
    const remove = vi.spyOn(api.libraries, "delete").mockResolvedValue(undefined);
    open();
    fireEvent.click(await screen.findByTestId("delete-library"));
    fireEvent.click(screen.getByRole("button", { name: "Really delete" }));
    expect(await screen.findByText("all libraries", {}, { timeout: 5_000 })).toBeTruthy();
    expect(remove).toHaveBeenCalledExactlyOnceWith("b1");
  });
});
