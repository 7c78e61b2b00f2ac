import { useCallback, useEffect, useRef, useState } from "react";
import { api, type LibraryView } from "../../api";
import type { Resource } from "../../ui/useResource";

const POLL_MS = 1_500;

const works = ({ shelf }: LibraryView): boolean =>
  shelf.some(({ state }) => state === "waiting" || state === "reading");

/** A library that follows what is being read; `look` asks at once, and what was shown stays meanwhile. */
export function useLibrary(id: string): [Resource<LibraryView>, () => void] {
  const [library, setLibrary] = useState<Resource<LibraryView>>({ state: "loading" });
  const [round, setRound] = useState(0);
  const shown = useRef(false);
  const look = useCallback(() => setRound((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks for the same thing once more
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const value = await api.libraries.one(id);
        if (!wanted) return;
        shown.current = true;
        setLibrary({ state: "ready", value });
        if (works(value)) timer = setTimeout(() => void ask(), POLL_MS);
      } catch (error) {
        if (!wanted) return;
        if (shown.current) timer = setTimeout(() => void ask(), 4 * POLL_MS);
        else setLibrary({ state: "failed", error });
      }
    };
    void ask();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [id, round]);

  return [library, look];
}
