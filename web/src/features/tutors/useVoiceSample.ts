import { useCallback, useEffect, useRef, useState } from "react";
import { api, type Language } from "../../api";

const MAX_CHARS = 200;

/** Hear a voice; pressed again, or another one pressed, it stops. */
export function useVoiceSample() {
  const [playing, setPlaying] = useState<string | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const sound = useRef<{ audio: HTMLAudioElement; url: string } | null>(null);
  const wanted = useRef<string | null>(null);

  const stop = useCallback(() => {
    wanted.current = null;
    if (sound.current !== null) {
      sound.current.audio.pause();
      URL.revokeObjectURL(sound.current.url);
      sound.current = null;
    }
    setPlaying(null);
  }, []);

  useEffect(() => stop, [stop]);

  const play = useCallback(
    async (voice: string, language: Language, text: string) => {
      const again = wanted.current === voice;
      stop();
      if (again) return;
      wanted.current = voice;
      setPlaying(voice);
      setFailed(null);
      try {
        const said = { voice, language, text: text.slice(0, MAX_CHARS) };
        const answer = await api.workshop.hearVoice(said);
        const url = URL.createObjectURL(await answer.blob());
        if (wanted.current !== voice) {
          URL.revokeObjectURL(url);
          return;
        }
        const audio = new Audio(url);
        sound.current = { audio, url };
        audio.addEventListener("ended", stop);
        await audio.play();
      } catch (error) {
        if (wanted.current === voice) {
          stop();
          setFailed(error);
        }
      }
    },
    [stop],
  );

  return { playing, failed, play };
}
