import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";
import { paintRoom } from "./room";

interface Face {
  video: RefObject<HTMLVideoElement | null>;
  poster: RefObject<HTMLImageElement | null>;
  room: RefObject<HTMLCanvasElement | null>;
  /** A moving picture has arrived. */
  playing: boolean;
  /** The browser refused to play sound; it needs one more press. */
  silenced: boolean;
  unsilence: () => void;
}

/** The first picture of a stream is coarse; by then its colours are true. */
const SETTLED_MS = 1_500;

/** Puts the tutor's stream into the video element: muted until the student starts, then with sound. */
export function useFace(lesson: Lesson): Face {
  const video = useRef<HTMLVideoElement>(null);
  const poster = useRef<HTMLImageElement>(null);
  const room = useRef<HTMLCanvasElement>(null);
  const stream = useStore(lesson.stream);
  const started = useStore(lesson.started);
  const [playing, setPlaying] = useState(false);
  const [silenced, setSilenced] = useState(false);

  const play = useCallback(async (withSound: boolean) => {
    const shown = video.current;
    if (shown === null) return;
    shown.muted = !withSound;
    try {
      await shown.play();
      setSilenced(false);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      setSilenced(withSound);
      shown.muted = true;
      shown.play().catch(() => undefined);
    }
  }, []);

  useEffect(() => {
    const shown = video.current;
    if (shown === null) return;
    if (shown.srcObject !== stream) {
      shown.srcObject = stream;
      // The still face bridges the moment until the new stream moves.
      setPlaying(false);
    }
    if (stream !== null) void play(started);
  }, [stream, started, play]);

  useEffect(() => {
    const shown = video.current;
    const picture = poster.current;
    let painted = false;
    let later: ReturnType<typeof setTimeout> | undefined;
    const paint = (source: HTMLVideoElement | HTMLImageElement) => {
      if (!painted) painted = paintRoom(room.current, source);
    };
    const begun = () => {
      setPlaying(true);
      clearTimeout(later);
      later = setTimeout(() => shown && paint(shown), SETTLED_MS);
    };
    const loaded = () => picture && paint(picture);
    shown?.addEventListener("playing", begun);
    picture?.addEventListener("load", loaded);
    if (picture?.complete) loaded();
    return () => {
      clearTimeout(later);
      shown?.removeEventListener("playing", begun);
      picture?.removeEventListener("load", loaded);
    };
  }, []);

  return { video, poster, room, playing, silenced, unsilence: () => void play(true) };
}
