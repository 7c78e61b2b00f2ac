// @vitest-environment happy-dom
import { act, cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { api, type DoctorReport, type ServerFinding } from "../../api";
import { ApiError } from "../../api/client";
import { speak, startI18n } from "../../i18n";
import { ServerCheck } from "./ServerCheck";

const found = (check: string, status: ServerFinding["status"]): ServerFinding => ({
  check,
  status,
  seen: `seen ${check}`,
  why: "",
  mend: status === "ok" ? "" : `mend ${check}`,
});

const report = (findings: ServerFinding[]): DoctorReport => ({ status: "ok", findings });

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it("shows troubles first, gravest on top, with what mends them", async () => {
  const findings = [found("disk", "warning"), found("clock", "ok"), found("udp_ports", "error")];
  vi.spyOn(api.gateway, "doctor").mockResolvedValue(report(findings));
  render(<ServerCheck />);
  const rows = await screen.findAllByTestId("server-finding");
  expect(rows.map((row) => row.dataset.mark)).toEqual(["error", "warning", "ok"]);
  expect(within(rows[0] as HTMLElement).getByText("mend udp_ports")).toBeTruthy();
});

it("says that nothing is to be mended", async () => {
  vi.spyOn(api.gateway, "doctor").mockResolvedValue(report([found("clock", "ok")]));
  render(<ServerCheck />);
  expect(await screen.findByText("Nothing to mend.")).toBeTruthy();
});

it("says that the server does not answer, and tries again", async () => {
  const away = new ApiError(503, "engine_unreachable", "The lesson server is away.", "x", null);
  const doctor = vi
    .spyOn(api.gateway, "doctor")
    .mockRejectedValueOnce(away)
    .mockResolvedValue(report([]));
  render(<ServerCheck />);
  (await screen.findByRole("button", { name: "Try again" })).click();
  expect(await screen.findByText("Nothing to mend.")).toBeTruthy();
  expect(doctor).toHaveBeenCalledTimes(2);
});

it("asks for the language of the page, again when that changes", async () => {
  const doctor = vi
    .spyOn(api.gateway, "doctor")
    .mockImplementation(async ({ language } = {}) =>
      report([found(`disk in ${language}`, "warning")]),
    );
  render(<ServerCheck />);
  expect(await screen.findByText("seen disk in en")).toBeTruthy();
  act(() => speak("zh"));
  expect(await screen.findByText("seen disk in zh")).toBeTruthy();
  expect(doctor.mock.calls).toEqual([[{ language: "en" }], [{ language: "zh" }]]);
  act(() => speak("en"));
});
