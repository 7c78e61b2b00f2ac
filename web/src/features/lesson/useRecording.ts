import { useCallback, useEffect, useState } from "react";
import { ApiError, api, type Id, type LessonRecordingView } from "../../api";
import { type Lesson, Recorder } from "../../realtime";
import { useStore } from "../../ui/useStore";

export interface Recording {
  /** Null until the platform has said so. */
  view: LessonRecordingView | null;
  state: "off" | "on" | "failed";
  /** The student's answer, now or later; no deletes what there is. */
  answer: (consent: boolean) => Promise<void>;
}

const makeRecorder = (lessonId: Id): Recorder =>
  new Recorder({
    begin: async (media_type) => (await api.recordings.begin(lessonId, { media_type })).id,
    keep: (stretch, number, piece) => {
      const body = new FormData();
      body.append("chunk", piece, "chunk");
      return api.recordings.addChunk(stretch, String(number), body);
    },
    end: async (stretch) => void (await api.recordings.end(stretch)),
    isFinal: (error) =>
      error instanceof ApiError &&
      error.status >= 400 &&
      error.status < 500 &&
      error.status !== 429,
  });

/** Asks whether this lesson is to be recorded, and records it while the student agrees and the lesson runs. */
export function useRecording(lesson: Lesson, lessonId: Id): Recording {
  const [view, setView] = useState<LessonRecordingView | null>(null);
  const [recorder] = useState(() => makeRecorder(lessonId));
  const state = useStore(recorder.state);
  const started = useStore(lesson.started);
  const stream = useStore(lesson.stream);
  const sound = useStore(lesson.microphone.sound);
  const granted = view?.state === "granted";

  useEffect(() => {
    let wanted = true;
    api.recordings.ofLesson(lessonId).then(
      (found) => wanted && setView(found),
      // Unknown is off: nothing is asked, nothing recorded.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [lessonId]);

  useEffect(() => {
    if (!granted || !started) return;
    void recorder.start();
    return () => recorder.stop();
  }, [granted, started, recorder]);

  useEffect(() => {
    if (state === "on")
      recorder.hear({ tutor: stream?.getAudioTracks()[0] ?? null, student: sound });
  }, [state, stream, sound, recorder]);

  const answer = useCallback(
    async (consent: boolean) => {
      if (!consent) recorder.stop();
      setView(await api.recordings.answer(lessonId, { consent }));
    },
    [lessonId, recorder],
  );

  return { view, state, answer };
}
