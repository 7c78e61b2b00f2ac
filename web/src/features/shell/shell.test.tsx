// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { startI18n } from "../../i18n";
import { PERSON, seat } from "../session/seat.test-support";
import { Shell } from "./Shell";
import { entriesFor, type Place, shared } from "./way";

const place = (nav: number): Place => ({
  path: `/${nav}`,
  nav: "tutors",
  icon: "home",
  end: false,
});

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function width(phone: boolean) {
  const list = { matches: phone, addEventListener: vi.fn(), removeEventListener: vi.fn() };
  vi.spyOn(globalThis, "matchMedia").mockReturnValue(list as unknown as MediaQueryList);
}

it.each([
  [3, 5, 3, 0],
  [5, 5, 5, 0],
  [6, 5, 4, 2],
  [14, 8, 7, 7],
])("of %i places in room for %i shows %i and keeps %i for the menu", (count, room, shown, rest) => {
  const [first, more] = shared(
    Array.from({ length: count }, (_, at) => place(at)),
    room,
  );
  expect([first.length, more.length]).toEqual([shown, rest]);
});

it("begins with what each role comes for, and shows each page once", () => {
  for (const role of ["student", "teacher", "admin"] as const) {
    const paths = entriesFor(role).map(({ path }) => path);
    expect(paths[0]).toBe("/");
    expect(new Set(paths).size).toBe(paths.length);
  }
  const student = entriesFor("student").map(({ path }) => path);
  expect(student).not.toContain("/people");
  expect(entriesFor("admin").map(({ path }) => path)).toContain("/people");
});

it("has room for seven places at a desk and four on a phone, and a menu for the rest", () => {
  for (const [phone, places] of [
    [false, 7],
    [true, 4],
  ] as const) {
    width(phone);
    seat(<Shell />);
    const bar = screen.getByRole("navigation", { name: "Main" });
    expect(within(bar).getAllByRole("link")).toHaveLength(places);
    fireEvent.click(within(bar).getByTestId("more"));
    const menu = screen.getByRole("navigation", { name: "More pages", hidden: true });
    const rest = entriesFor("admin").length - places;
    expect(within(menu).getAllByRole("link", { hidden: true })).toHaveLength(rest);
    cleanup();
  }
});

it("lights the menu while one is on a page behind it", () => {
  width(true);
  const [, hidden] = shared(entriesFor("admin"), 5);
  seat(<Shell />, undefined, hidden.at(-1)?.path);
  expect(screen.getByTestId("more").getAttribute("aria-current")).toBe("true");
  cleanup();
  seat(<Shell />, undefined, "/");
  expect(screen.getByTestId("more").getAttribute("aria-current")).toBeNull();
});

it("names the way to one's profile and the way out", () => {
  width(false);
  const { leave } = seat(<Shell />, PERSON);
  expect(screen.getByRole("link", { name: "Profile: Robin" }).getAttribute("href")).toBe(
    "/profile",
  );
  fireEvent.click(screen.getByTestId("sign-out"));
  expect(leave).toHaveBeenCalledOnce();
});
