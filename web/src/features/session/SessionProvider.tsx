import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { ApiError, api, onSignedOut, type Person } from "../../api";
import { speak } from "../../i18n";
import { type Session, SessionContext, type SessionState } from "./session";

export function SessionProvider({ children }: { children: ReactNode }) {
  const [current, setCurrent] = useState<SessionState>({ state: "loading" });

  const entered = useCallback((person: Person) => {
    speak(person.language);
    setCurrent({ state: "in", person });
  }, []);

  const again = useCallback(() => {
    setCurrent({ state: "loading" });
    api.accounts.me().then(
      ({ person }) => entered(person),
      (error: unknown) => {
        const out = error instanceof ApiError && error.status === 401;
        setCurrent(out ? { state: "out" } : { state: "failed", error });
      },
    );
  }, [entered]);

  useEffect(again, [again]);
  useEffect(() => onSignedOut(() => setCurrent({ state: "out" })), []);

  const session = useMemo<Session>(
    () => ({
      current,
      entered,
      again,
      expired: () => setCurrent({ state: "out" }),
      leave: async () => {
        try {
          await api.accounts.signOut();
        } finally {
          setCurrent({ state: "out" });
        }
      },
    }),
    [current, entered, again],
  );

  return <SessionContext value={session}>{children}</SessionContext>;
}
