import { type RefObject, useEffect, useState } from "react";
import type { Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";

/** A picture that stays the same for so long has stopped. */
const FROZEN_MS = 1_500;

const framesOf = (video: HTMLVideoElement | null): number =>
  video?.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;

/**
 * Whether the picture stopped because the line broke: a face that stands still in the middle of a word looks broken,
 * so the quiet one takes its place until pictures come again.
 */
export function useFrozen(lesson: Lesson, video: RefObject<HTMLVideoElement | null>): boolean {
  const away = useStore(lesson.status) === "reconnecting";
  const [frozen, setFrozen] = useState(false);

  useEffect(() => {
    if (!away && !frozen) return;
    let last = framesOf(video.current);
    const timer = setInterval(() => {
      const now = framesOf(video.current);
      setFrozen(now === last);
      last = now;
    }, FROZEN_MS);
    return () => clearInterval(timer);
  }, [away, frozen, video]);

  return frozen;
}
