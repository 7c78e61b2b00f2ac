// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { api, type Person } from "../../api";
import { ApiError } from "../../api/client";
import { startI18n } from "../../i18n";
import { SessionContext } from "../session/session";
import { SignIn } from "./SignIn";

const PERSON: Person = {
  id: "u1",
  username: "robin",
  name: "Robin",
  role: "student",
  language: "en",
  tenant: { id: "t", name: "School" },
  has_password: true,
  must_choose_password: false,
  scopes: ["learn"],
};

function show() {
  const session = {
    current: { state: "out" } as const,
    entered: vi.fn(),
    leave: vi.fn(),
    expired: vi.fn(),
    again: vi.fn(),
  };
  render(
    <MemoryRouter>
      <SessionContext value={session}>
        <SignIn />
      </SessionContext>
    </MemoryRouter>,
  );
  fireEvent.change(screen.getByLabelText("User name"), { target: { value: "robin" } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: "secret" } });
  fireEvent.submit(screen.getByLabelText("Password"));
  return session;
}

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  vi.spyOn(api.sso, "offers").mockResolvedValue({ providers: [] });
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it("lets a person in, and keeps nothing of the password", async () => {
  const signIn = vi.spyOn(api.accounts, "signIn").mockResolvedValue({ person: PERSON });
  const { entered } = show();
  await vi.waitFor(() => expect(entered).toHaveBeenCalledExactlyOnceWith(PERSON));
  expect(signIn).toHaveBeenCalledExactlyOnceWith({ username: "robin", password: "secret" });
  expect(JSON.stringify({ ...localStorage })).not.toContain("secret");
  expect(location.href).not.toContain("secret");
});

it.each([
  [new ApiError(401, "bad_credentials", "no", null, null), /not right/],
  [new ApiError(0, "offline", "", null, null), /cannot be reached/],
  [new ApiError(429, "too_many_attempts", "Please wait a little.", null, 5), /wait a little/],
])("says what went wrong and lets one try again: %s", async (error, words) => {
  vi.spyOn(api.accounts, "signIn").mockRejectedValue(error);
  const { entered } = show();
  expect((await screen.findByRole("alert")).textContent).toMatch(words);
  expect(screen.getByTestId<HTMLButtonElement>("sign-in").disabled).toBe(false);
  expect(entered).not.toHaveBeenCalled();
});
