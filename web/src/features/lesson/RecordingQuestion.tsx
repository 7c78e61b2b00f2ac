import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Sheet } from "../../ui/Sheet";
import type { Recording } from "./useRecording";

/** Asked once, with both answers alike; the lesson does not wait for it. */
export function RecordingQuestion({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const { view, state, answer } = recording;

  async function say(consent: boolean) {
    setBusy(true);
    setFailed(null);
    try {
      await answer(consent);
    } catch (error) {
      setFailed(error);
    }
    setBusy(false);
  }

  if (failed !== null) return <Failed error={failed} again={() => setFailed(null)} />;
  if (state === "failed") return <Notice>{t("learning.recording.failed")}</Notice>;
  if (view?.state !== "asked") return null;
  return (
    <section
      className="recording-question"
      aria-labelledby="recording-title"
      data-testid="recording-question"
    >
      <h2 id="recording-title">{t("learning.recording.question")}</h2>
      <p>{t("learning.recording.who", { name: view.asked_by ?? "" })}</p>
      <div className="recording-answers">
        <Button disabled={busy} onClick={() => void say(true)} data-testid="recording-yes">
          {t("learning.recording.yes")}
        </Button>
        <Button disabled={busy} onClick={() => void say(false)} data-testid="recording-no">
          {t("learning.recording.no")}
        </Button>
      </div>
    </section>
  );
}

/** The red mark, as long as it is recorded; pressed, it offers the way out. */
export function RecordingMark({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  if (recording.state !== "on") return null;

  function stop() {
    setFailed(null);
    recording.answer(false).then(() => setAsking(false), setFailed);
  }

  return (
    <>
      <button
        type="button"
        className="badge recording-mark"
        onClick={() => setAsking(true)}
        aria-haspopup="dialog"
        title={t("learning.recording.stop")}
        data-testid="recording-mark"
      >
        <span className="recording-dot" aria-hidden="true" />
        {t("learning.recording.on")}
      </button>
      {asking && (
        <Sheet
          kind="card"
          label={t("learning.recording.stopTitle")}
          onClose={() => setAsking(false)}
        >
          <div className="lesson-sheet">
            <h2>{t("learning.recording.stopTitle")}</h2>
            <p>{t("learning.recording.stopSure")}</p>
            {failed !== null && <Failed error={failed} again={stop} />}
            <div className="lesson-sheet-foot">
              <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
              <Button look="primary" onClick={stop} data-testid="recording-stop">
                {t("learning.recording.stop")}
              </Button>
            </div>
          </div>
        </Sheet>
      )}
    </>
  );
}
