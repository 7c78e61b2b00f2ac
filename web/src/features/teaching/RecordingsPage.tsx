import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type HeardRecording, type RecordingWishView, type Tutor } from "../../api";
import { Failed, Loaded } from "../../ui/Loaded";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import type { Change } from "../learning/act";
import { usePerson } from "../session/session";
import "../learning/learning.css";

interface Everything {
  allowed: boolean;
  wishes: readonly RecordingWishView[];
  tutors: readonly Tutor[];
  recordings: readonly HeardRecording[];
}

async function load(): Promise<Everything> {
  const [{ allowed }, { wishes }, { tutors }, { recordings }] = await Promise.all([
    api.recordings.policy(),
    api.recordings.wishes(),
    api.tutors.every(),
    api.recordings.every(),
  ]);
  return { allowed, wishes, tutors, recordings };
}

/** Whether students are asked, by whom, and what they granted. */
export default function RecordingsPage() {
  const { t } = useTranslation();
  const [found, again] = useResource(load);
  useTitle(t("learning.recordings.title"));
  return (
    <>
      <div className="page-head">
        <h1>{t("learning.recordings.title")}</h1>
        <p>{t("learning.recordings.lead")}</p>
      </div>
      <Loaded resource={found} again={again}>
        {(first) => <Recordings first={first} />}
      </Loaded>
    </>
  );
}

function Recordings({ first }: { first: Everything }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const [all, setAll] = useState(first);
  const [failed, setFailed] = useState<unknown>(null);

  async function act(change: Change) {
    setFailed(null);
    try {
      await change();
      setAll(await load());
    } catch (error) {
      setFailed(error);
    }
  }

  return (
    <div className="known">
      {failed !== null && <Failed error={failed} again={() => void act(load)} />}
      <section className="known-part" aria-labelledby="wishes-title">
        <h2 id="wishes-title">{t("learning.recordings.ask")}</h2>
        {role === "admin" && (
          <label className="choice">
            <input
              type="checkbox"
              checked={all.allowed}
              onChange={(event) => {
                const allowed = event.target.checked;
                void act(() => api.recordings.setPolicy({ allowed }));
              }}
              data-testid="recording-policy"
            />
            {t("learning.recordings.policy")}
          </label>
        )}
        {!all.allowed && <p className="small">{t("learning.recordings.forbidden")}</p>}
        {all.allowed && (
          <ul data-testid="wishes">
            {all.tutors.map((tutor) => {
              const wish = all.wishes.find(({ tutor_id }) => tutor_id === tutor.id);
              return (
                <li key={tutor.id} className="wish">
                  <label className="choice">
                    <input
                      type="checkbox"
                      checked={wish !== undefined}
                      onChange={(event) => {
                        const asked = event.target.checked;
                        void act(() => api.recordings.wish(tutor.id, { asked }));
                      }}
                      data-testid="wish"
                    />
                    {tutor.name}
                  </label>
                  {wish?.asked_by && (
                    <span className="small">
                      {t("learning.recordings.asks", { name: wish.asked_by })}
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </section>
      <section className="known-part" aria-labelledby="granted-title">
        <h2 id="granted-title">{t("learning.recordings.granted")}</h2>
        {all.recordings.length === 0 && <p className="small">{t("learning.recordings.none")}</p>}
        <ul className="facts">
          {all.recordings.map((one) => (
            <li key={one.id} className="wish">
              <Heard one={one} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Heard({ one }: { one: HeardRecording }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const { student, tutor } = one;
  return (
    <>
      <span>
        {t("learning.recordings.with", { student, tutor })}
        <br />
        <span className="small">{day(one.started_at)}</span>
      </span>
      {/* biome-ignore lint/a11y/useMediaCaption: a recording of speech; its words are in the lesson's record */}
      <audio
        controls
        preload="none"
        src={api.recordingSound(one.id)}
        aria-label={t("learning.recording.play", { day: day(one.started_at) })}
      />
    </>
  );
}
