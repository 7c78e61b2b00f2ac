import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { FaceView } from "../../api";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { DropZone } from "../library/DropZone";
import { Meter } from "../library/Meter";
import { type Upload, upload } from "../library/upload";
import { places } from "../tutors/places";
import "../library/library.css";

export const PICTURES = "image/png,image/jpeg,image/webp,video/mp4,video/quicktime,video/webm,.mkv";

/** A photo or video becomes a face: a name, whom it shows, and the file. */
export function NewFace({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [real, setReal] = useState(true);
  const [share, setShare] = useState<number | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const sending = useRef<Upload | null>(null);

  useEffect(() => () => sending.current?.cancel(), []);

  async function send(file: File) {
    setFailed(null);
    setShare(0);
    const words = new URLSearchParams({
      name: name.trim() || file.name.replace(/\.[^.]*$/, "").slice(0, 100),
      file_name: file.name,
      real_person: String(real),
    });
    sending.current = upload(`/api/faces?${words}`, file, setShare);
    try {
      const face = (await sending.current.done) as FaceView;
      void navigate(places.face(face.id));
    } catch (error) {
      setFailed(error);
      setShare(null);
    }
  }

  return (
    <Sheet kind="card" label={t("studio.new")} onClose={onClose}>
      <div className="sheet-body">
        <h2>{t("studio.new")}</h2>
        <div className="field">
          <label htmlFor="face-name">{t("studio.name")}</label>
          <input
            id="face-name"
            className="input"
            value={name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <label className="choice">
          <input type="checkbox" checked={real} onChange={() => setReal(!real)} />
          {t("studio.real")}
        </label>
        {!real && <p className="hint">{t("studio.drawnHint")}</p>}
        {failed !== null && <Failed error={failed} again={() => setFailed(null)} />}
        {share === null ? (
          <DropZone
            accept={PICTURES}
            title={t("studio.drop")}
            hint={t("studio.dropHint")}
            onFiles={([file]) => file && void send(file)}
          />
        ) : (
          <div className="sending-face">
            <Meter label={t("studio.sending")} share={share} />
            <p className="soft small">{t("studio.sending")}</p>
          </div>
        )}
        <div className="sheet-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </div>
      </div>
    </Sheet>
  );
}
