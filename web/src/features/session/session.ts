/** Who is signed in, for the whole page. */
import { createContext, useContext } from "react";
import type { Person } from "../../api";

/** As the platform has it. */
export const MAX_PASSWORD_CHARS = 256;

export type SessionState =
  | { state: "loading" }
  | { state: "out" }
  | { state: "failed"; error: unknown }
  | { state: "in"; person: Person };

export interface Session {
  current: SessionState;
  entered: (person: Person) => void;
  leave: () => Promise<void>;
  /** The cookie is no longer good. */
  expired: () => void;
  again: () => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession outside SessionProvider");
  return session;
}

/** The person on pages that only signed-in people see. */
export function usePerson(): Person {
  const { current } = useSession();
  if (current.state !== "in") throw new Error("usePerson outside a signed-in page");
  return current.person;
}
