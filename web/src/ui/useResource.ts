import { useCallback, useEffect, useState } from "react";

export type Resource<T> =
  | { state: "loading" }
  | { state: "failed"; error: unknown }
  | { state: "ready"; value: T };

/** What `load` brings, again whenever `load` changes or `again` is called. Late answers are dropped. */
export function useResource<T>(load: () => Promise<T>): [Resource<T>, () => void] {
  const [resource, setResource] = useState<Resource<T>>({ state: "loading" });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks for the same thing once more
  useEffect(() => {
    let wanted = true;
    setResource({ state: "loading" });
    load().then(
      (value) => wanted && setResource({ state: "ready", value }),
      (error: unknown) => wanted && setResource({ state: "failed", error }),
    );
    return () => {
      wanted = false;
    };
  }, [load, round]);

  return [resource, again];
}
