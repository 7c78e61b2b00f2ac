import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type FaceMessage, type FaceView } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import type { Run } from "../library/act";
import { Meter } from "../library/Meter";
import { upload } from "../library/upload";
import { PICTURES } from "./NewFace";
import "../library/library.css";

const STEPS = ["open", "face", "picture", "loop", "video", "poster", "store"] as const;
type Step = (typeof STEPS)[number];

/** A photo and a video go different ways through the steps, but both through these stages. */
const STAGES: readonly { name: "open" | "face" | "make" | "store"; steps: readonly Step[] }[] = [
  { name: "open", steps: ["open"] },
  { name: "face", steps: ["face"] },
  { name: "make", steps: ["picture", "loop", "video"] },
  { name: "store", steps: ["poster", "store"] },
];

interface Props {
  face: FaceView;
  act: Run;
}

function titleOf(state: FaceView["state"]) {
  if (state === "failed") return "studio.refusedTitle";
  if (state === "cancelled") return "studio.stoppedTitle";
  return state === "waiting" || state === "building" ? "studio.makingTitle" : "studio.noticedTitle";
}

/** How far a face is, what was found on the way, and what to do when it was refused. */
export function Making({ face, act }: Props) {
  const { t } = useTranslation();
  const busy = face.state === "waiting" || face.state === "building";
  const over = face.state === "failed" || face.state === "cancelled";
  const step = STEPS.find((one) => one === face.step);
  return (
    <section className="card" aria-labelledby="making">
      <h2 id="making">{t(titleOf(face.state))}</h2>
      {busy && (
        <div role="status" className="making">
          <Stages step={step} />
          <Meter label={t("studio.makingTitle")} share={face.progress} />
          <p className="soft small">
            {step === undefined ? t("studio.queued") : t(`studio.step.${step}`)}
            {face.seconds_left !== null &&
              ` · ${t("library.left", { seconds: Math.ceil(face.seconds_left) })}`}
          </p>
        </div>
      )}
      {face.state === "failed" && face.messages.length > 0 && (
        <p className="soft">{t("studio.refusedHint")}</p>
      )}
      {over && face.messages.length === 0 && (
        <p className="soft">
          {t(face.state === "cancelled" ? "studio.stopped" : "studio.unknown")}
        </p>
      )}
      <ul className="findings">
        {face.messages.map((message) => (
          <Finding key={`${message.second}-${message.content}`} message={message} />
        ))}
      </ul>
      {face.mine && (busy || over) && (
        <div className="row">
          {busy && (
            <Button onClick={() => void act(() => api.faces.cancel(face.id))}>
              {t("library.cancel")}
            </Button>
          )}
          {over && <AnotherFile face={face} act={act} />}
          {face.state === "cancelled" && (
            <Button onClick={() => void act(() => api.faces.retry(face.id))}>
              {t("common.tryAgain")}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function Stages({ step }: { step: Step | undefined }) {
  const { t } = useTranslation();
  const now = STAGES.findIndex(({ steps }) => step !== undefined && steps.includes(step));
  return (
    <ol className="making-stages">
      {STAGES.map(({ name }, index) => (
        <li
          key={name}
          className={index < now ? "making-stage making-stage-done" : "making-stage"}
          aria-current={index === now ? "step" : undefined}
        >
          <span className="making-mark" aria-hidden="true">
            {index < now && <Icon name="done" size={14} />}
          </span>
          {t(`studio.stage.${name}`)}
        </li>
      ))}
    </ol>
  );
}

function Finding({ message }: { message: FaceMessage }) {
  const { t } = useTranslation();
  const [missing, setMissing] = useState(false);
  return (
    <li className="face-finding" data-testid="finding">
      {message.picture_url !== null && !missing && (
        <img
          src={message.picture_url}
          alt={t("studio.frame")}
          width={160}
          onError={() => setMissing(true)}
        />
      )}
      <p className={message.level === "error" ? "doc-bad" : "soft"}>{message.content}</p>
    </li>
  );
}

function AnotherFile({ face, act }: Props) {
  const { t } = useTranslation();
  const dialogue = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState<number | null>(null);

  async function send(file: File) {
    const name = encodeURIComponent(file.name);
    const path = `/api/faces/${encodeURIComponent(face.id)}/file?file_name=${name}`;
    setShare(0);
    await act(() => upload(path, file, setShare).done);
    setShare(null);
  }

  if (share !== null) return <Meter label={t("studio.sending")} share={share} />;
  return (
    <>
      <Button look="primary" onClick={() => dialogue.current?.click()}>
        {t("studio.another")}
      </Button>
      <input
        ref={dialogue}
        className="hidden-text"
        type="file"
        tabIndex={-1}
        aria-label={t("studio.another")}
        accept={PICTURES}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file) void send(file);
        }}
      />
    </>
  );
}
