// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { api, type PersonCard } from "../../api";
import { ApiError } from "../../api/client";
import { startI18n } from "../../i18n";
import { seat } from "../session/seat.test-support";
import AuditPage from "./AuditPage";
import ImportPage from "./ImportPage";
import InvitationsPage from "./InvitationsPage";
import PeoplePage from "./PeoplePage";
import ProvidersPage from "./ProvidersPage";

const ADA: PersonCard = {
  id: "p1",
  username: "ada",
  name: "<b>Ada</b>",
  email: null,
  role: "student",
  language: "en",
  disabled: false,
  one_time_password: true,
  created_at: "2026-03-02T09:00:00Z",
  last_seen_at: null,
};
const UNTIL = "2026-03-16T09:00:00Z";

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= () => undefined;
  HTMLDialogElement.prototype.close ??= () => undefined;
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function write(label: string | RegExp, value: string) {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
}

it("lists people as text, searches for them, and brings the next page", async () => {
  const search = vi
    .spyOn(api.people, "search")
    .mockResolvedValueOnce({ people: [ADA], total: 2, next: "p1" })
    .mockResolvedValueOnce({ people: [{ ...ADA, id: "p2", name: "Bo" }], total: 2, next: null })
    .mockResolvedValue({ people: [], total: 0, next: null });
  seat(<PeoplePage />);
  expect(await screen.findByText("<b>Ada</b>")).toBeTruthy();
  expect(screen.getByText("2 people at North High")).toBeTruthy();
  fireEvent.click(screen.getByText("Show more"));
  expect(await screen.findByText("Bo")).toBeTruthy();
  expect(search.mock.calls[1]?.[0]).toMatchObject({ after: "p1" });
  write("Search by name", "zoe");
  expect(await screen.findByText("Nobody fits this search.")).toBeTruthy();
  expect(search.mock.lastCall?.[0]).toMatchObject({ words: "zoe", after: null });
});

it("says why people cannot be shown and tries again", async () => {
  vi.spyOn(api.people, "search")
    .mockRejectedValueOnce(new ApiError(0, "offline", "", null, null))
    .mockResolvedValue({ people: [ADA], total: 1, next: null });
  seat(<PeoplePage />);
  fireEvent.click(await screen.findByText("Try again"));
  expect(await screen.findByText("<b>Ada</b>")).toBeTruthy();
});

it("adds one person for two clicks and shows the one-time password once", async () => {
  vi.spyOn(api.people, "search").mockResolvedValue({ people: [], total: 0, next: null });
  const add = vi
    .spyOn(api.people, "add")
    .mockResolvedValue({ person: ADA, password: "one-time-secret", password_until: UNTIL });
  seat(<PeoplePage />);
  fireEvent.click(await screen.findByTestId("add-person"));
  write("Name", "Ada");
  write("User name", "ada");
  fireEvent.submit(screen.getByTestId("add"));
  fireEvent.submit(screen.getByTestId("add"));
  expect((await screen.findByTestId("once")).textContent).toBe("one-time-secret");
  expect(add).toHaveBeenCalledExactlyOnceWith({
    name: "Ada",
    username: "ada",
    email: null,
    role: "student",
    language: "en",
  });
  expect(JSON.stringify({ ...localStorage })).not.toContain("one-time-secret");
});

it("asks before it deletes somebody", async () => {
  vi.spyOn(api.people, "search").mockResolvedValue({ people: [ADA], total: 1, next: null });
  const remove = vi.spyOn(api.people, "remove").mockResolvedValue(undefined);
  seat(<PeoplePage />);
  fireEvent.click(await screen.findByText("<b>Ada</b>"));
  fireEvent.click(screen.getByText("Delete"));
  expect(remove).not.toHaveBeenCalled();
  fireEvent.click(screen.getByTestId("remove"));
  await vi.waitFor(() => expect(remove).toHaveBeenCalledExactlyOnceWith("p1"));
});

it("adds a class list only when every line is right", async () => {
  const line = {
    line: 2,
    name: "Ada",
    username: "ada",
    role: "student",
    language: "en",
    email: "",
  };
  const preview = vi
    .spyOn(api.people, "previewImport")
    .mockResolvedValueOnce({
      lines: [{ ...line, problems: ["username_taken"] }],
      problem: null,
      ready: false,
    })
    .mockResolvedValue({ lines: [{ ...line, problems: [] }], problem: null, ready: true });
  const importList = vi.spyOn(api.people, "importList").mockResolvedValue({
    people: [{ name: "Ada", username: "ada", password: "one-time" }],
    password_until: UNTIL,
  });
  seat(<ImportPage />);
  write(/paste/, "name\nAda");
  fireEvent.submit(screen.getByTestId("preview"));
  expect(await screen.findByText(/somebody has this user name/)).toBeTruthy();
  expect(screen.queryByTestId("import")).toBeNull();
  write(/paste/, "name\nAda B");
  expect(screen.queryByText(/somebody has this user name/)).toBeNull();
  fireEvent.submit(screen.getByTestId("preview"));
  fireEvent.click(await screen.findByTestId("import"));
  expect((await screen.findByTestId("imported")).textContent).toContain("one-time");
  expect(preview).toHaveBeenCalledTimes(2);
  expect(importList).toHaveBeenCalledExactlyOnceWith({
    csv: "name\nAda B",
    role: "student",
    language: "en",
  });
});

it("puts an invitation's token behind the # of the link", async () => {
  const invitation = {
    id: "i1",
    role: "teacher" as const,
    label: "Ms Rivera",
    class_id: null,
    standing: "open" as const,
    created_at: UNTIL,
    expires_at: UNTIL,
  };
  vi.spyOn(api.invitations, "listed").mockResolvedValue({ invitations: [invitation] });
  vi.spyOn(api.invitations, "make").mockResolvedValue({ invitation, token: "tok" });
  const revoke = vi.spyOn(api.invitations, "revoke").mockResolvedValue(undefined);
  seat(<InvitationsPage />);
  fireEvent.submit(await screen.findByTestId("invite"));
  expect((await screen.findByTestId("once")).textContent).toBe(`${location.origin}/invitation#tok`);
  fireEvent.click(await screen.findByText("Withdraw"));
  await vi.waitFor(() => expect(revoke).toHaveBeenCalledExactlyOnceWith("i1"));
});

it("keeps a provider's secret when the box stays empty", async () => {
  const provider = {
    id: "s1",
    name: "School",
    issuer: "https://login.example",
    client_id: "c",
    domains: ["a.example"],
    default_role: "student" as const,
    makes_accounts: true,
    links_by_email: false,
    listed: true,
    enabled: true,
    has_secret: true,
  };
  vi.spyOn(api.sso, "listed").mockResolvedValue({
    providers: [provider],
    redirect_uri: "https://x",
  });
  const change = vi.spyOn(api.sso, "change").mockResolvedValue(provider);
  seat(<ProvidersPage />);
  fireEvent.click(await screen.findByText("Change"));
  write("E-mail domains", "a.example, b.example");
  fireEvent.submit(screen.getByTestId("save-provider"));
  await vi.waitFor(() => expect(change).toHaveBeenCalledOnce());
  expect(change.mock.calls[0]?.[1]).toMatchObject({
    client_secret: null,
    domains: ["a.example", "b.example"],
    links_by_email: false,
  });
});

it("tells who did what, also where it has no words for it", async () => {
  const entry = {
    id: "e1",
    at: UNTIL,
    action: "person.disabled",
    person_id: "u1",
    person: "Robin",
    about: "p1",
    about_name: "Ada",
    details: {},
  };
  vi.spyOn(api.audit, "entries").mockResolvedValue({
    entries: [
      entry,
      {
        ...entry,
        id: "e2",
        action: "rocket.launched",
        about_name: "",
        person: "",
        details: { to: "moon", real_person: true, lesson_id: "01m7zce1fx" },
      },
    ],
    next: null,
  });
  seat(<AuditPage />);
  const words = (await screen.findByTestId("audit")).textContent ?? "";
  expect(words).toContain("Ada was switched off");
  expect(words).toContain("rocket.launched");
  expect(words).toContain("to: moon");
  expect(words).toContain("shows a real person: yes");
  expect(words).not.toContain("01m7zce1fx");
});
