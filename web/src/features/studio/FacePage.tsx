import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, type FaceView } from "../../api";
import { AiLabel } from "../../ui/AiLabel";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Failed, Loaded } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { useTitle } from "../../ui/useTitle";
import type { Run, Step } from "../library/act";
import { places } from "../tutors/places";
import { SpeakingFace } from "../tutors/SpeakingFace";
import { useSpokenClip } from "../tutors/useSpokenClip";
import { ConsentCard } from "./ConsentCard";
import { Making } from "./Making";
import { SpeakCard } from "./SpeakCard";
import { useFace } from "./useFace";
import "../tutors/tutors.css";
import "./studio.css";

/** One face: how it is made, who agreed, and whether tutors may wear it. */
export default function FacePage() {
  const { id = "" } = useParams();
  const [face, look] = useFace(id);
  return (
    <Loaded resource={face} again={look}>
      {(found) => <Face face={found} look={look} />}
    </Loaded>
  );
}

/** Only what others can see is taken back. */
const wordOf = (face: FaceView) => (face.state === "published" ? "studio.revoke" : "studio.delete");

function Face({ face, look }: { face: FaceView; look: () => void }) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [revoking, setRevoking] = useState(false);
  useTitle(face.name);
  const spoken = useSpokenClip();
  const there = face.state === "ready" || face.state === "published";

  async function act(step: Step) {
    setBusy(true);
    setFailed(null);
    try {
      await step();
    } catch (error) {
      setFailed(error);
    }
    setBusy(false);
    look();
  }

  return (
    <>
      <div className="build-head">
        <Link className="back" to={places.studio}>
          <Icon name="back" size={18} />
          {t("studio.title")}
        </Link>
        <div className="build-title">
          <h1>{face.name}</h1>
          <span className={`state state-${face.state}`} data-testid="face-state">
            {t(`studio.state.${face.state}`)}
          </span>
        </div>
      </div>
      {failed !== null && <Failed error={failed} again={() => setFailed(null)} />}
      <div className="face-page">
        <figure className="face-shown">
          <SpeakingFace key={face.state} name={face.name} url={face.poster_url} spoken={spoken} />
          <figcaption>
            <AiLabel className="preview-ai" own={face.label} />
          </figcaption>
        </figure>
        <div className="face-cards">
          {!there && <Making face={face} act={act} />}
          {there && face.messages.length > 0 && <Making face={face} act={act} />}
          {there && <SpeakCard avatarId={face.avatar_id} spoken={spoken} />}
          {there && <ConsentCard face={face} onChanged={look} />}
          {there && face.approval.needed && <Approval face={face} busy={busy} act={act} />}
          {there && face.mine && <Label key={face.label} face={face} busy={busy} act={act} />}
          {face.state === "ready" && face.mine && (
            <section className="card">
              <h2>{t("studio.publishTitle")}</h2>
              <p className="soft">{t("studio.publishLead")}</p>
              <Button
                look="primary"
                disabled={busy || (face.consent.needed && !face.consent.given)}
                onClick={() => void act(() => api.faces.publish(face.id))}
                data-testid="publish-face"
              >
                {t("studio.publish")}
              </Button>
            </section>
          )}
          {face.state === "published" && (
            <section className="card">
              <h2>{t("studio.wornTitle")}</h2>
              <p className="soft">
                {face.tutors.length === 0
                  ? t("studio.wornByNobody")
                  : t("studio.wornBy", { names: face.tutors.map(({ name }) => name).join(", ") })}
              </p>
              <Link className="button button-quiet" to={places.workshop}>
                {t("studio.toTutors")}
              </Link>
            </section>
          )}
          {face.mine && (
            <div>
              <Button look="plain" onClick={() => setRevoking(true)} data-testid="revoke">
                {t(wordOf(face))}
              </Button>
            </div>
          )}
        </div>
      </div>
      {revoking && <Revoke face={face} onClose={() => setRevoking(false)} />}
    </>
  );
}

interface Act {
  face: FaceView;
  busy: boolean;
  act: Run;
}

function Approval({ face, busy, act }: Act) {
  const { t } = useTranslation();
  const { approval } = face;
  return (
    <section className="card">
      <h2>{t("studio.approvalTitle")}</h2>
      <p className="soft">
        {approval.given
          ? t("studio.approvedBy", { name: approval.by })
          : t(approval.mine_to_give ? "studio.approvalMine" : "studio.approvalWaits")}
      </p>
      {!approval.given && approval.mine_to_give && (
        <Button disabled={busy} onClick={() => void act(() => api.faces.approve(face.id))}>
          {t("studio.approve")}
        </Button>
      )}
    </section>
  );
}

function Label({ face, busy, act }: Act) {
  const { t } = useTranslation();
  const [label, setLabel] = useState(face.label);
  return (
    <section className="card">
      <h2>{t("studio.labelTitle")}</h2>
      <div className="field">
        <label htmlFor="face-label">{t("studio.labelField")}</label>
        <input
          id="face-label"
          className="input"
          value={label}
          maxLength={200}
          onChange={(event) => setLabel(event.target.value)}
        />
      </div>
      <Button
        disabled={busy || label === face.label}
        onClick={() => void act(() => api.faces.change(face.id, { label }))}
      >
        {t("studio.keep")}
      </Button>
    </section>
  );
}

function Revoke({ face, onClose }: { face: FaceView; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);

  async function revoke() {
    setBusy(true);
    try {
      await api.faces.revoke(face.id);
      void navigate(places.studio);
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  return (
    <Sheet kind="card" label={t(wordOf(face))} onClose={onClose}>
      <div className="sheet-body">
        <h2>{t(wordOf(face))}</h2>
        <p>{t("studio.revokeTold")}</p>
        {face.tutors.length > 0 && (
          <p className="soft">
            {t("studio.revokeTutors", { names: face.tutors.map(({ name }) => name).join(", ") })}
          </p>
        )}
        {failed !== null && <Failed error={failed} again={() => void revoke()} />}
        <div className="sheet-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            disabled={busy}
            onClick={() => void revoke()}
            data-testid="revoke-sure"
          >
            {t("studio.revokeSure")}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
