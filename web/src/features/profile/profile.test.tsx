// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { api } from "../../api";
import { ApiError } from "../../api/client";
import { startI18n } from "../../i18n";
import { PERSON, seat } from "../session/seat.test-support";
import ProfilePage from "./ProfilePage";

const DEVICE = {
  id: "d1",
  name: "Firefox · Linux",
  method: "password" as const,
  signed_in_at: "2026-03-02T09:00:00Z",
  last_seen_at: "2026-03-02T10:00:00Z",
  here: true,
};

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  vi.spyOn(api.accounts, "devices").mockResolvedValue({
    devices: [DEVICE, { ...DEVICE, id: "d2", name: "", here: false }],
  });
  vi.spyOn(api.exports, "mine").mockResolvedValue({ export: null });
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it("signs another browser out, and not this one", async () => {
  const leave = vi.spyOn(api.accounts, "signOutDevice").mockResolvedValue(undefined);
  seat(<ProfilePage />);
  const buttons = await screen.findAllByLabelText(/^Sign out:/);
  expect(buttons).toHaveLength(1);
  fireEvent.click(buttons[0] as HTMLElement);
  await vi.waitFor(() => expect(leave).toHaveBeenCalledExactlyOnceWith("d2"));
});

it("signs out everywhere and leaves", async () => {
  vi.spyOn(api.accounts, "signOutEverywhere").mockResolvedValue(undefined);
  const { expired } = seat(<ProfilePage />);
  fireEvent.click(await screen.findByTestId("sign-out-everywhere"));
  await vi.waitFor(() => expect(expired).toHaveBeenCalledOnce());
});

it("changes the password, or says why not", async () => {
  const change = vi
    .spyOn(api.accounts, "changePassword")
    .mockRejectedValueOnce(new ApiError(403, "password_wrong", "Not right.", null, null))
    .mockResolvedValue(undefined);
  seat(<ProfilePage />);
  fireEvent.change(screen.getByLabelText("Present password"), { target: { value: "old" } });
  fireEvent.change(screen.getByLabelText("New password"), { target: { value: "blue-kettle-42" } });
  fireEvent.submit(screen.getByTestId("change-password"));
  expect((await screen.findByRole("alert")).textContent).toBe("Not right.");
  fireEvent.submit(screen.getByTestId("change-password"));
  expect(await screen.findByText(/Other browsers are signed out/)).toBeTruthy();
  expect(change.mock.lastCall?.[0]).toEqual({ present: "old", password: "blue-kettle-42" });
});

it("asks for no present password of somebody who has none", () => {
  seat(<ProfilePage />, { ...PERSON, has_password: false });
  expect(screen.queryByLabelText("Present password")).toBeNull();
  expect(screen.getByText(/second way in/)).toBeTruthy();
});

it("deletes the account only when the word is typed", async () => {
  const erase = vi.spyOn(api.retention, "deleteMe").mockReturnValue(new Promise(() => undefined));
  seat(<ProfilePage />);
  const button = screen.getByTestId<HTMLButtonElement>("delete-me");
  expect(button.disabled).toBe(true);
  fireEvent.change(screen.getByLabelText(/to confirm/), { target: { value: "delete" } });
  expect(button.disabled).toBe(false);
  fireEvent.submit(button);
  expect(erase).toHaveBeenCalledExactlyOnceWith({ confirm: "delete" });
});

it("shows how far an export is", async () => {
  const made = {
    id: "x",
    state: "ready" as const,
    file_url: "/api/exports/x/file",
    created_at: DEVICE.signed_in_at,
    expires_at: DEVICE.signed_in_at,
    person_id: "u1",
    size_bytes: 1,
  };
  vi.spyOn(api.exports, "mine")
    .mockResolvedValueOnce({ export: null })
    .mockResolvedValueOnce({ export: { ...made, state: "waiting", file_url: null } })
    .mockResolvedValue({ export: made });
  vi.spyOn(api.exports, "askMine").mockResolvedValue({ export: made });
  seat(<ProfilePage />);
  fireEvent.click(await screen.findByTestId("ask-export"));
  fireEvent.click(await screen.findByText("Look again"));
  const link = await screen.findByText("Download the export");
  expect(link.getAttribute("href")).toBe("/api/exports/x/file");
});
