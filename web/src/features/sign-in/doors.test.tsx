// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { api } from "../../api";
import { ApiError } from "../../api/client";
import { startI18n } from "../../i18n";
import { PERSON, seat } from "../session/seat.test-support";
import CallbackPage from "./CallbackPage";
import ChoosePassword from "./ChoosePassword";
import InvitationPage from "./InvitationPage";
import JoinPage from "./JoinPage";
import { Offers } from "./Offers";

const STUDENT = { ...PERSON, role: "student" as const };

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => history.replaceState(null, "", "/"));

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function write(label: string, value: string) {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
}

it("takes what another organisation says out of the address and uses it once", async () => {
  history.replaceState(null, "", "/sign-in/callback?code=c1&state=s1&iss=https://i");
  const arrive = vi.spyOn(api.sso, "arrive").mockResolvedValue({ person: STUDENT });
  const { entered } = seat(<CallbackPage />, null);
  expect(location.search).toBe("");
  await vi.waitFor(() => expect(entered).toHaveBeenCalledExactlyOnceWith(STUDENT));
  expect(arrive).toHaveBeenCalledExactlyOnceWith({ code: "c1", state: "s1", iss: "https://i" });
});

it("says why a sign-in elsewhere did not work, and offers the way back", async () => {
  history.replaceState(null, "", "/sign-in/callback?code=c1&state=old");
  vi.spyOn(api.sso, "arrive").mockRejectedValue(
    new ApiError(409, "sign_in_over", "Please start again.", null, null),
  );
  seat(<CallbackPage />, null);
  expect((await screen.findByRole("alert")).textContent).toContain("start again");
  expect(screen.getByRole("link").getAttribute("href")).toBe("/sign-in");
});

it("asks nobody when the other organisation refused", async () => {
  history.replaceState(null, "", "/sign-in/callback?error=access_denied&state=s");
  const arrive = vi.spyOn(api.sso, "arrive");
  seat(<CallbackPage />, null);
  expect(await screen.findByText(/were not signed in/)).toBeTruthy();
  expect(arrive).not.toHaveBeenCalled();
});

it("shows a button for each school sign-in, with the school where there are several", async () => {
  vi.spyOn(api.sso, "offers").mockResolvedValue({
    providers: [
      { id: "p1", name: "Staff", school: "North" },
      { id: "p2", name: "Pupils", school: "South" },
    ],
  });
  const depart = vi.spyOn(api.sso, "depart").mockReturnValue(new Promise(() => undefined));
  seat(<Offers />, null);
  const button = await screen.findByText("Sign in with Staff · North");
  fireEvent.click(button);
  fireEvent.click(button);
  expect(depart).toHaveBeenCalledExactlyOnceWith("p1");
});

it("keeps an invitation's token out of the address and makes the account", async () => {
  history.replaceState(null, "", "/invitation#tok123");
  vi.spyOn(api.invitations, "welcome").mockResolvedValue({ school: "North", role: "teacher" });
  const accept = vi.spyOn(api.invitations, "accept").mockResolvedValue({ person: PERSON });
  const { entered } = seat(<InvitationPage />, null);
  await screen.findByText("Welcome to North");
  expect(location.href).not.toContain("tok123");
  write("Name", "Ada");
  write("User name", "ada");
  write("Password", "blue-kettle-42");
  fireEvent.submit(screen.getByTestId("make-account"));
  await vi.waitFor(() => expect(entered).toHaveBeenCalledWith(PERSON));
  expect(accept).toHaveBeenCalledExactlyOnceWith({
    token: "tok123",
    name: "Ada",
    username: "ada",
    password: "blue-kettle-42",
    language: "en",
  });
});

it("says that an invitation is over, without a way to try it again", async () => {
  history.replaceState(null, "", "/invitation#old");
  vi.spyOn(api.invitations, "welcome").mockRejectedValue(
    new ApiError(410, "invitation_gone", "Gone.", null, null),
  );
  seat(<InvitationPage />, null);
  expect((await screen.findByRole("alert")).textContent).toMatch(/Ask whoever sent it/);
  expect(screen.queryByText("Try again")).toBeNull();
});

it("makes an account with a class code and signs in with it", async () => {
  const found = { class_name: "7b", school_name: "North", joined: false };
  vi.spyOn(api.classes, "look").mockResolvedValue(found);
  const join = vi.spyOn(api.classes, "join").mockResolvedValue({ ...found, joined: true });
  const signIn = vi.spyOn(api.accounts, "signIn").mockResolvedValue({ person: STUDENT });
  const { entered } = seat(<JoinPage />, null);
  write("Class code", "KRTFWX");
  fireEvent.submit(screen.getByTestId("look"));
  await screen.findByText("7b · North");
  write("Name", "Lina");
  write("User name", "lina");
  write("Password", "blue-kettle-42");
  fireEvent.submit(screen.getByTestId("make-account"));
  await vi.waitFor(() => expect(entered).toHaveBeenCalledWith(STUDENT));
  expect(join.mock.calls[0]?.[0]).toBe("KRTFWX");
  expect(signIn).toHaveBeenCalledWith({ username: "lina", password: "blue-kettle-42" });
});

it("adds the class to the account that is signed in", async () => {
  const found = { class_name: "7b", school_name: "North", joined: false };
  vi.spyOn(api.classes, "look").mockResolvedValue(found);
  const join = vi.spyOn(api.classes, "join").mockResolvedValue({ ...found, joined: true });
  seat(<JoinPage />, STUDENT);
  write("Class code", "KRTFWX");
  fireEvent.submit(screen.getByTestId("look"));
  fireEvent.click(await screen.findByText("Join the class"));
  await vi.waitFor(() => expect(join).toHaveBeenCalledExactlyOnceWith("KRTFWX", null));
});

it("asks by itself when the code was scanned", async () => {
  history.replaceState(null, "", "/join#KRTFWX");
  const found = { class_name: "7b", school_name: "North", joined: false };
  const look = vi.spyOn(api.classes, "look").mockResolvedValue(found);
  seat(<JoinPage />, null);
  await screen.findByText("7b · North");
  expect(look).toHaveBeenCalledExactlyOnceWith("KRTFWX");
});

it("says that no class has this code", async () => {
  vi.spyOn(api.classes, "look").mockRejectedValue(new ApiError(404, "not_found", "no", null, null));
  seat(<JoinPage />, null);
  write("Class code", "XXXXXX");
  fireEvent.submit(screen.getByTestId("look"));
  expect((await screen.findByRole("alert")).textContent).toMatch(/No class has this code/);
});

it("lets nobody on before they have chosen a password of their own", async () => {
  const change = vi.spyOn(api.accounts, "changePassword").mockResolvedValue(undefined);
  const { entered } = seat(<ChoosePassword />, { ...PERSON, must_choose_password: true });
  write("New password", "blue-kettle-42");
  fireEvent.submit(screen.getByTestId("choose-password"));
  fireEvent.submit(screen.getByTestId("choose-password"));
  await vi.waitFor(() => expect(entered).toHaveBeenCalledOnce());
  expect(entered.mock.calls[0]?.[0].must_choose_password).toBe(false);
  expect(change).toHaveBeenCalledExactlyOnceWith({ password: "blue-kettle-42" });
});
