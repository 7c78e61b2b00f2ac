import { useEffect, useState } from "react";
import type { Delivery } from "../../realtime";

/** Long enough to be read twice. */
const NEWS_MS = 10_000;

export type Level = Delivery["level"];

/** The level as news, for a while after it has changed; the first full one is none. */
export function useLevelNews(level: Level): Level | null {
  const [known, setKnown] = useState<Level>("full");
  const [news, setNews] = useState<Level | null>(null);

  if (level !== known) {
    setKnown(level);
    setNews(level);
  }

  useEffect(() => {
    if (news === null) return;
    const timer = setTimeout(() => setNews(null), NEWS_MS);
    return () => clearTimeout(timer);
  }, [news]);

  return news;
}
