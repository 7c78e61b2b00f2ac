import { useCallback, useEffect, useRef, useState } from "react";
import type { Resource } from "./useResource";

const PATIENCE = 4;

/**
 * What `ask` brings, asked again every `pollMs` while `works` says that it is still being made. The function
 * that comes with it asks at once. What was shown stays while the next answer is on its way or fails to come.
 */
export function useFollowed<T>(
  ask: () => Promise<T>,
  works: (value: T) => boolean,
  pollMs: number,
): [Resource<T>, () => void] {
  const [followed, setFollowed] = useState<Resource<T>>({ state: "loading" });
  const [round, setRound] = useState(0);
  const shown = useRef<typeof ask | null>(null);
  const look = useCallback(() => setRound((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks for the same thing once more
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = async () => {
      try {
        const value = await ask();
        if (!wanted) return;
        shown.current = ask;
        setFollowed({ state: "ready", value });
        if (works(value)) timer = setTimeout(() => void follow(), pollMs);
      } catch (error) {
        if (!wanted) return;
        if (shown.current === ask) timer = setTimeout(() => void follow(), PATIENCE * pollMs);
        else setFollowed({ state: "failed", error });
      }
    };
    if (shown.current !== ask) setFollowed({ state: "loading" });
    void follow();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [ask, works, pollMs, round]);

  return [followed, look];
}
