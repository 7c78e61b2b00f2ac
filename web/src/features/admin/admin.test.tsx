// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type OperationView, type UsageView } from "../../api";
import { ApiError } from "../../api/client";
import { speak, startI18n } from "../../i18n";
import { Confirm } from "./Confirm";
import JobsPage from "./JobsPage";
import RetentionPage from "./RetentionPage";
import ServersPage from "./ServersPage";
import UsagePage from "./UsagePage";

const USAGE: UsageView = {
  month: "2026-03",
  uses: [
    { kind: "lessons_at_once", used: 9, limit: 10, own: 10, ceiling: 50 },
    { kind: "storage_bytes", used: 1_500_000_000, limit: null, own: null, ceiling: null },
  ],
};

const OPERATION: OperationView = {
  version: "0.1.0",
  database: "postgresql",
  operator: true,
  nodes: [
    {
      id: "a",
      name: "http://node",
      state: "serving",
      active: 1,
      seats: 4,
      version: "9",
      stages: {},
    },
  ],
  jobs: {},
  storage_free_bytes: 70_000_000_000,
  storage_used_bytes: 0,
};

const show = (page: React.ReactNode) => render(<MemoryRouter>{page}</MemoryRouter>);

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
});

afterEach(() => {
  cleanup();
  speak("en");
  vi.restoreAllMocks();
});

describe("usage", () => {
  it("stands beside its limit, and what is empty is no limit", async () => {
    vi.spyOn(api.quotas, "usage").mockResolvedValue(USAGE);
    const change = vi.spyOn(api.quotas, "change").mockResolvedValue(USAGE);
    show(<UsagePage />);
    await waitFor(() => screen.getByText("of 10"));
    expect(screen.getByText("9")).toBeTruthy();
    expect(screen.getByText("1.5 GB").parentElement?.textContent).toBe("1.5 GB no limit");
    expect(screen.getByText(/allows at most 50/)).toBeTruthy();
    fireEvent.change(screen.getByLabelText("Storage in GB"), { target: { value: "2.5" } });
    fireEvent.submit(screen.getByTestId("save").closest("form") as HTMLFormElement);
    await waitFor(() => screen.getByText("Saved."));
    expect(change.mock.calls[0]?.[0]).toMatchObject({
      lessons_at_once: 10,
      storage_bytes: 2_500_000_000,
    });
  });

  it("says what went wrong and offers the way out", async () => {
    vi.spyOn(api.quotas, "usage").mockRejectedValue(new ApiError(0, "offline", "", null, null));
    show(<UsagePage />);
    await waitFor(() => screen.getByRole("alert"));
    expect(screen.getByText("Try again")).toBeTruthy();
  });
});

describe("retention", () => {
  it("keeps for ever what is left empty", async () => {
    const none = { transcript_days: 30, recording_days: null, alert_days: null, audit_days: null };
    vi.spyOn(api.retention, "retention").mockResolvedValue(none);
    const change = vi.spyOn(api.retention, "changeRetention").mockResolvedValue(none);
    show(<RetentionPage />);
    const days = (await waitFor(() => screen.getByLabelText(/transcripts/))) as HTMLInputElement;
    expect(days.value).toBe("30");
    fireEvent.change(days, { target: { value: "" } });
    fireEvent.submit(days.closest("form") as HTMLFormElement);
    await waitFor(() => expect(change).toHaveBeenCalled());
    expect(change.mock.calls[0]?.[0].transcript_days).toBeNull();
  });
});

describe("deleting for good", () => {
  it("asks for a word first", () => {
    const onConfirm = vi.fn();
    render(<Confirm label="Delete it" warning="For ever." busy={false} onConfirm={onConfirm} />);
    fireEvent.click(screen.getByTestId("delete"));
    const sure = screen.getByTestId("confirm-delete") as HTMLButtonElement;
    expect(sure.disabled).toBe(true);
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "Delete" } });
    expect(sure.disabled).toBe(false);
    fireEvent.submit(sure.closest("form") as HTMLFormElement);
    expect(onConfirm).toHaveBeenCalledOnce();
  });
});

describe("servers", () => {
  it("are drained by who runs them, once for a double click", async () => {
    vi.spyOn(api.operation, "view").mockResolvedValue(OPERATION);
    const node = OPERATION.nodes[0] as OperationView["nodes"][number];
    const after: OperationView = { ...OPERATION, nodes: [{ ...node, state: "draining" }] };
    const drain = vi.spyOn(api.operation, "drain").mockResolvedValue(after);
    show(<ServersPage />);
    const button = await waitFor(() => screen.getByTestId("drain"));
    fireEvent.click(button);
    fireEvent.click(button);
    await waitFor(() => screen.getByText("Being emptied"));
    expect(drain).toHaveBeenCalledOnce();
    expect(screen.getByText("1 of 4 seats taken · 9")).toBeTruthy();
  });
});

describe("background work", () => {
  it("can be tried again once it has failed", async () => {
    const job = {
      id: "j",
      name: "exports.make",
      state: "dead" as const,
      attempts: 8,
      error: "storage_full",
      run_at: "2026-03-02T09:00:00Z",
      created_at: "2026-03-02T09:00:00Z",
      ended_at: null,
    };
    vi.spyOn(api.jobs, "every").mockResolvedValue({ jobs: [job], counts: { dead: 1 } });
    const again = vi
      .spyOn(api.jobs, "again")
      .mockResolvedValue({ job: { ...job, state: "waiting" } });
    show(<JobsPage />);
    fireEvent.click(await waitFor(() => screen.getByTestId("again")));
    await waitFor(() => expect(again).toHaveBeenCalledWith("j"));
    expect(screen.getByText(/storage_full/)).toBeTruthy();
  });
});
