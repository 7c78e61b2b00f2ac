import { useCallback, useEffect, useRef, useState } from "react";
import { api, type FaceView } from "../../api";
import type { Resource } from "../../ui/useResource";

const POLL_MS = 1_000;

/** A face that follows how it is made; `look` asks at once, and what was shown stays meanwhile. */
export function useFace(id: string): [Resource<FaceView>, () => void] {
  const [face, setFace] = useState<Resource<FaceView>>({ state: "loading" });
  const [round, setRound] = useState(0);
  const shown = useRef(false);
  const look = useCallback(() => setRound((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks for the same thing once more
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const value = await api.faces.one(id);
        if (!wanted) return;
        shown.current = true;
        setFace({ state: "ready", value });
        if (value.state === "waiting" || value.state === "building") {
          timer = setTimeout(() => void ask(), POLL_MS);
        }
      } catch (error) {
        if (!wanted) return;
        if (shown.current) timer = setTimeout(() => void ask(), 4 * POLL_MS);
        else setFace({ state: "failed", error });
      }
    };
    void ask();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [id, round]);

  return [face, look];
}
