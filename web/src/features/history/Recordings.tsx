import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Id, type LessonRecordingView } from "../../api";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import type { Change } from "../learning/act";

/** The sound of a lesson that was recorded: to hear, and to delete at any time. */
export function Recordings({ lessonId }: { lessonId: Id }) {
  const load = useCallback(() => api.recordings.ofLesson(lessonId), [lessonId]);
  const [found, again] = useResource(load);
  // Most lessons have none; nothing is said of it then.
  if (found.state !== "ready") return null;
  const { state, recordings } = found.value;
  if (recordings.length === 0 && state !== "granted") return null;
  return <Recorded lessonId={lessonId} view={found.value} again={again} />;
}

interface Props {
  lessonId: Id;
  view: LessonRecordingView;
  again: () => void;
}

function Recorded({ lessonId, view, again }: Props) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const [failed, setFailed] = useState<unknown>(null);

  function change(act: Change) {
    setFailed(null);
    act().then(again, setFailed);
  }

  return (
    <section className="summary" aria-labelledby="recordings-title" data-testid="recordings">
      <h2 id="recordings-title">{t("learning.recording.title")}</h2>
      {view.asked_by && view.state === "granted" && (
        <p className="small">{t("learning.recording.heardBy", { name: view.asked_by })}</p>
      )}
      {failed !== null && <Failed error={failed} again={() => setFailed(null)} />}
      <ul className="summary-list">
        {view.recordings.map((one) => (
          <li key={one.id} className="recorded">
            {/* biome-ignore lint/a11y/useMediaCaption: the words of the lesson stand below it */}
            <audio
              controls
              preload="none"
              src={api.recordingSound(one.id)}
              aria-label={t("learning.recording.play", { day: day(one.started_at) })}
            />
            <Button onClick={() => change(() => api.recordings.erase(one.id))}>
              {t("learning.recording.delete")}
            </Button>
          </li>
        ))}
      </ul>
      <Button
        onClick={() => change(() => api.recordings.answer(lessonId, { consent: false }))}
        data-testid="recordings-erase"
      >
        {t("learning.recording.deleteAll")}
      </Button>
    </section>
  );
}
