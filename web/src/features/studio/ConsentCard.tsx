import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type FaceView, type Phrase } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Failed } from "../../ui/Loaded";
import { useFormats } from "../../ui/useFormats";
import { upload } from "../library/upload";
import { useClip } from "./useClip";

interface Props {
  face: FaceView;
  onChanged: () => void;
}

/** The consent of the person in the picture: given, not needed, or to be given now. */
export function ConsentCard({ face, onChanged }: Props) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const { consent } = face;
  return (
    <section className="card" aria-labelledby="consent">
      <h2 id="consent">{t("studio.consent.title")}</h2>
      {!face.real_person && <p className="soft">{t("studio.consent.drawn")}</p>}
      {face.real_person && !consent.needed && (
        <p className="soft">{t("studio.consent.notAsked")}</p>
      )}
      {consent.given && consent.given_at !== null && (
        <>
          <p className="consent-given" data-testid="consent-given">
            <Icon name="done" />
            {t(consent.kind === "recorded" ? "studio.consent.recorded" : "studio.consent.signed", {
              name: consent.signer,
              day: day(consent.given_at),
            })}
          </p>
          {consent.recording_url !== null && <Recording url={consent.recording_url} />}
        </>
      )}
      {consent.needed && !consent.given && face.mine && (
        <Ask face={face} onChanged={onChanged} typed={consent.policy === "typed"} />
      )}
      {consent.needed && !consent.given && !face.mine && (
        <p className="soft">{t("studio.consent.waits")}</p>
      )}
    </section>
  );
}

/** Played only when somebody asks for it: each time is noted. */
function Recording({ url }: { url: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!open) return <Button onClick={() => setOpen(true)}>{t("studio.consent.play")}</Button>;
  return (
    // biome-ignore lint/a11y/useMediaCaption: the words are those of the phrase, recorded minutes ago
    <video className="consent-clip" src={url} controls autoPlay />
  );
}

function Ask({ face, onChanged, typed }: Props & { typed: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const [signer, setSigner] = useState("");
  const [phrase, setPhrase] = useState<Phrase | null>(null);
  const [failed, setFailed] = useState<unknown>(null);

  async function begin(event: FormEvent) {
    event.preventDefault();
    setFailed(null);
    try {
      setPhrase(await api.faces.consentPhrase(face.id));
    } catch (error) {
      setFailed(error);
    }
  }

  return (
    <>
      <p className="soft">{t(typed ? "studio.consent.askTyped" : "studio.consent.ask")}</p>
      {failed !== null && <Failed error={failed} again={() => setFailed(null)} />}
      {phrase === null ? (
        <form className="consent-name" onSubmit={(event) => void begin(event)}>
          <div className="field">
            <label htmlFor={id}>{t("studio.consent.signer")}</label>
            <input
              id={id}
              className="input"
              value={signer}
              minLength={2}
              maxLength={200}
              required
              autoComplete="off"
              onChange={(event) => setSigner(event.target.value)}
              data-testid="signer"
            />
          </div>
          <Button
            look="primary"
            type="submit"
            disabled={signer.trim().length < 2}
            data-testid="consent-begin"
          >
            {t("studio.consent.begin")}
          </Button>
        </form>
      ) : (
        <Words
          face={face}
          phrase={phrase.phrase}
          signer={signer.trim()}
          typed={typed}
          onChanged={onChanged}
        />
      )}
    </>
  );
}

interface WordsProps extends Props {
  phrase: string;
  signer: string;
  typed: boolean;
}

function Words({ face, phrase, signer, typed, onChanged }: WordsProps) {
  const { t } = useTranslation();
  const statement = t("studio.consent.statement", { name: signer });
  return (
    <div className="consent-words">
      <blockquote data-testid="phrase">
        {statement} <strong>{phrase}</strong>
      </blockquote>
      {typed ? (
        <TypeWords face={face} statement={statement} signer={signer} onChanged={onChanged} />
      ) : (
        <RecordWords face={face} signer={signer} onChanged={onChanged} />
      )}
    </div>
  );
}

function RecordWords({ face, signer, onChanged }: Props & { signer: string }) {
  const { t } = useTranslation();
  const { state, clip, screen, start, stop, again } = useClip();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);

  async function send(recorded: Blob) {
    setBusy(true);
    setFailed(null);
    const path = `/api/faces/${encodeURIComponent(face.id)}/consent/recording`;
    try {
      await upload(`${path}?signer=${encodeURIComponent(signer)}`, recorded, () => undefined).done;
      onChanged();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  return (
    <div className="recorder">
      {/* biome-ignore lint/a11y/useMediaCaption: the camera itself, or what was just recorded with it */}
      <video ref={screen} className="consent-clip" playsInline hidden={state === "idle"} />
      {state === "refused" && (
        <p role="alert" className="doc-bad">
          {t("studio.consent.refused")}
        </p>
      )}
      {failed !== null && <Failed error={failed} again={() => setFailed(null)} />}
      <div className="row">
        {(state === "idle" || state === "refused") && (
          <Button
            look="primary"
            icon="microphone"
            onClick={() => void start()}
            data-testid="record"
          >
            {t("studio.consent.record")}
          </Button>
        )}
        {state === "recording" && (
          <Button look="primary" icon="stop" onClick={stop} data-testid="record-stop">
            {t("studio.consent.stop")}
          </Button>
        )}
        {state === "recorded" && clip !== null && (
          <>
            <Button disabled={busy} onClick={again}>
              {t("studio.consent.again")}
            </Button>
            <Button
              look="primary"
              disabled={busy}
              onClick={() => void send(clip)}
              data-testid="consent-send"
            >
              {t("studio.consent.send")}
            </Button>
          </>
        )}
      </div>
      {state === "recording" && (
        <p className="recording small" role="status">
          {t("studio.consent.recording")}
        </p>
      )}
    </div>
  );
}

function TypeWords({
  face,
  statement,
  signer,
  onChanged,
}: Props & { statement: string; signer: string }) {
  const { t } = useTranslation();
  const id = useId();
  const [phrase, setPhrase] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);

  async function sign(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFailed(null);
    try {
      await api.faces.signConsent(face.id, { signer, phrase, statement });
      onChanged();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  return (
    <form className="consent-name" onSubmit={(event) => void sign(event)}>
      <div className="field">
        <label htmlFor={id}>{t("studio.consent.typeWords")}</label>
        <input
          id={id}
          className="input"
          value={phrase}
          maxLength={300}
          required
          autoComplete="off"
          onChange={(event) => setPhrase(event.target.value)}
          data-testid="typed-phrase"
        />
      </div>
      {failed !== null && <Failed error={failed} again={() => setFailed(null)} />}
      <Button look="primary" type="submit" disabled={busy || phrase.trim() === ""}>
        {t("studio.consent.sign")}
      </Button>
    </form>
  );
}
