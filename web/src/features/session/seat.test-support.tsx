/** A page of somebody who is signed in, or of nobody, at an address of its own. */
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { vi } from "vitest";
import type { Person } from "../../api";
import { type Session, SessionContext } from "./session";

export const PERSON: Person = {
  id: "u1",
  username: "robin",
  name: "Robin",
  role: "admin",
  language: "en",
  tenant: { id: "t", name: "North High" },
  has_password: true,
  must_choose_password: false,
  scopes: ["learn", "teach", "manage_people"],
};

export function seat(page: ReactNode, person: Person | null = PERSON, path = "/") {
  const session = {
    current: person ? ({ state: "in", person } as const) : ({ state: "out" } as const),
    entered: vi.fn<Session["entered"]>(),
    leave: vi.fn(async () => undefined),
    expired: vi.fn(),
    again: vi.fn(),
  };
  const shown = render(
    <MemoryRouter initialEntries={[path]}>
      <SessionContext value={session}>{page}</SessionContext>
    </MemoryRouter>,
  );
  return { ...session, ...shown };
}
