import { useCallback, useEffect, useRef, useState } from "react";
import { api, type Language } from "../../api";

const MAX_CHARS = 200;

export interface Said {
  avatarId: string;
  voice: string;
  language: Language;
  text: string;
}

type Clip =
  | { state: "none" }
  | { state: "making" }
  | { state: "there"; url: string }
  | { state: "failed"; error: unknown };

/** A film of a face that says something; whatever is asked for last is shown, earlier answers are dropped. */
export function useSpokenClip() {
  const [clip, setClip] = useState<Clip>({ state: "none" });
  const kept = useRef<{ key: string; url: string } | null>(null);
  const round = useRef(0);

  const forget = useCallback(() => {
    round.current += 1;
    if (kept.current !== null) URL.revokeObjectURL(kept.current.url);
    kept.current = null;
  }, []);

  useEffect(() => forget, [forget]);

  /** Show the picture at rest again. */
  const rest = useCallback(() => {
    round.current += 1;
    setClip({ state: "none" });
  }, []);

  const watch = useCallback(
    async ({ avatarId, text, ...how }: Said) => {
      const said = { ...how, text: text.trim().slice(0, MAX_CHARS) };
      const key = JSON.stringify([avatarId, said]);
      if (kept.current?.key === key) {
        setClip({ state: "there", url: kept.current.url });
        return;
      }
      forget();
      const mine = round.current;
      setClip({ state: "making" });
      try {
        const answer = await api.workshop.watchFace(avatarId, said);
        const film = await answer.blob();
        if (round.current !== mine) return;
        const url = URL.createObjectURL(film);
        kept.current = { key, url };
        setClip({ state: "there", url });
      } catch (error) {
        if (round.current === mine) setClip({ state: "failed", error });
      }
    },
    [forget],
  );

  return { clip, watch, rest };
}

export type SpokenClip = ReturnType<typeof useSpokenClip>;
