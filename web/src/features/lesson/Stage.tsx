import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { TutorView } from "../../api";
import type { Lesson } from "../../realtime";
import { AiLabel } from "../../ui/AiLabel";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { useStillness } from "../../ui/useMedia";
import { useStore } from "../../ui/useStore";
import { preferences } from "./preferences";
import { QualityBars } from "./QualityBars";
import { StatusBadge } from "./StatusBadge";
import { useFace } from "./useFace";
import { useFrozen } from "./useFrozen";

interface Props {
  lesson: Lesson;
  tutor: TutorView;
  /** What stands in the corner of the picture. */
  corner: ReactNode;
}

/** The face, in a room that goes on beyond the picture's edges. */
export function Stage({ lesson, tutor, corner }: Props) {
  const { t } = useTranslation();
  const lessMotion = useStillness();
  const { video, poster, room, playing, silenced, unsilence } = useFace(lesson);
  const frozen = useFrozen(lesson, video);
  const still = (useStore(preferences).still ?? lessMotion) || frozen;

  return (
    <section className="stage" aria-label={tutor.name}>
      <canvas className="stage-room" ref={room} />
      <div className="stage-face">
        {tutor.poster_url && (
          <img
            className="stage-poster"
            ref={poster}
            src={tutor.poster_url}
            alt=""
            hidden={playing && !still}
          />
        )}
        {/* biome-ignore lint/a11y/useMediaCaption: the captions are beside the picture, live */}
        <video
          id="face"
          ref={video}
          className={still || !playing ? "stage-video stage-video-still" : "stage-video"}
          playsInline
          autoPlay
          aria-label={t("lesson.face", { name: tutor.name })}
          data-testid="face"
        />
      </div>
      <AiLabel className="ai-label" own={tutor.face_label} />
      {corner}
      {silenced && (
        <div className="stage-notice">
          <Notice
            actions={
              <Button look="primary" icon="sound" onClick={unsilence}>
                {t("lesson.soundOn")}
              </Button>
            }
          >
            {t("lesson.soundOff")}
          </Notice>
        </div>
      )}
      <div className="stage-foot">
        <StatusBadge lesson={lesson} />
        <QualityBars lesson={lesson} />
      </div>
    </section>
  );
}
