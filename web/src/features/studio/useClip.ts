import { useCallback, useEffect, useRef, useState } from "react";

type State = "idle" | "recording" | "recorded" | "refused";

const LONGEST_MS = 60_000;
const KINDS = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"] as const;

/** A short recording with camera and microphone, shown while it is made and afterwards. */
export function useClip() {
  const [state, setState] = useState<State>("idle");
  const [clip, setClip] = useState<Blob | null>(null);
  const screen = useRef<HTMLVideoElement>(null);
  const stream = useRef<MediaStream | null>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  const url = useRef<string | null>(null);

  const release = useCallback(() => {
    for (const track of stream.current?.getTracks() ?? []) track.stop();
    stream.current = null;
    if (url.current !== null) URL.revokeObjectURL(url.current);
    url.current = null;
  }, []);

  useEffect(() => release, [release]);

  const show = useCallback((source: MediaStream | string) => {
    const video = screen.current;
    if (video === null) return;
    const live = typeof source !== "string";
    video.srcObject = live ? source : null;
    if (!live) video.src = source;
    video.muted = live;
    video.controls = !live;
    if (live) void video.play();
  }, []);

  const stop = useCallback(() => {
    if (recorder.current?.state === "recording") recorder.current.stop();
  }, []);

  const start = useCallback(async () => {
    release();
    setClip(null);
    try {
      const live = await navigator.mediaDevices.getUserMedia({
        audio: true,
        video: { width: 640, height: 480 },
      });
      stream.current = live;
      const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
      const machine = new MediaRecorder(live, kind === undefined ? {} : { mimeType: kind });
      const pieces: Blob[] = [];
      machine.ondataavailable = ({ data }) => pieces.push(data);
      machine.onstop = () => {
        const recorded = new Blob(pieces, { type: machine.mimeType });
        for (const track of live.getTracks()) track.stop();
        url.current = URL.createObjectURL(recorded);
        setClip(recorded);
        setState("recorded");
        show(url.current);
      };
      recorder.current = machine;
      machine.start();
      setState("recording");
      show(live);
      setTimeout(() => machine.state === "recording" && machine.stop(), LONGEST_MS);
    } catch {
      release();
      setState("refused");
    }
  }, [release, show]);

  const again = useCallback(() => {
    release();
    setClip(null);
    setState("idle");
  }, [release]);

  return { state, clip, screen, start, stop, again };
}
