import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, type Id } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Failed, Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Poster } from "../../ui/Poster";
import { Sheet } from "../../ui/Sheet";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { useStartLesson } from "../home/useStartLesson";

/** The latest few: whoever comes for another tutor finds them without scrolling. */
const MOST_CHATS = 5;

const load = async () => {
  const [{ tutors }, { lessons }] = await Promise.all([
    api.tutors.every(),
    api.lessons.every({ limit: MOST_CHATS }),
  ]);
  return { tutors, lessons };
};

interface Props {
  lessonId: Id;
  onClose: () => void;
}

/** The person's other chats and tutors. Turning to one changes the face; the connection stays. */
export function Switcher({ lessonId, onClose }: Props) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const navigate = useNavigate();
  const [found, again] = useResource(load);
  const { starting, start, cancel } = useStartLesson();
  const busyWith = starting.state === "yes" ? starting.tutorId : null;

  function turn(id: Id) {
    onClose();
    if (id !== lessonId) void navigate(paths.lesson(id));
  }

  return (
    <Sheet kind="card" label={t("learning.switch.open")} onClose={onClose}>
      <div className="lesson-sheet">
        <h2>{t("learning.switch.title")}</h2>
        {starting.state === "failed" && <Failed error={starting.error} again={cancel} />}
        {starting.state === "waiting" && (
          <Notice actions={<Button onClick={cancel}>{t("common.cancel")}</Button>}>
            {t("home.seats", { seconds: starting.seconds })}
          </Notice>
        )}
        <Loaded resource={found} again={again}>
          {({ tutors, lessons }) => (
            <>
              <h3 className="small">{t("learning.switch.chats")}</h3>
              {lessons.length === 0 && <p>{t("learning.switch.none")}</p>}
              <ul className="switch-list" data-testid="switch-chats">
                {lessons.map((lesson) => (
                  <li key={lesson.id}>
                    <button
                      type="button"
                      className="switch-row"
                      aria-current={lesson.id === lessonId}
                      onClick={() => turn(lesson.id)}
                      data-testid="switch-chat"
                      data-lesson={lesson.id}
                    >
                      <span className="switch-face">
                        <Poster name={lesson.tutor.name} url={lesson.tutor.poster_url} />
                      </span>
                      <span className="switch-words">
                        <strong>{lesson.first_question ?? t("history.unasked")}</strong>
                        <span className="small">
                          {lesson.tutor.name} ·{" "}
                          {lesson.id === lessonId
                            ? t("learning.switch.here")
                            : day(lesson.started_at)}
                        </span>
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
              {lessons.length === MOST_CHATS && (
                <Link className="switch-all small" to={paths.history}>
                  {t("learning.switch.all")}
                </Link>
              )}
              <h3 className="small">{t("learning.switch.tutors")}</h3>
              <ul className="switch-list" data-testid="switch-tutors">
                {tutors.map((tutor) => (
                  <li key={tutor.id}>
                    <button
                      type="button"
                      className="switch-row"
                      disabled={busyWith !== null}
                      onClick={() => void start(tutor.id, tutor.mode).then(onClose)}
                      data-testid="switch-tutor"
                      data-tutor={tutor.id}
                    >
                      <span className="switch-face">
                        <Poster name={tutor.name} url={tutor.poster_url} />
                      </span>
                      <span className="switch-words">
                        <strong>{tutor.name}</strong>
                        <span className="small">
                          {busyWith === tutor.id ? t("learning.switch.starting") : tutor.subject}
                        </span>
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Loaded>
      </div>
    </Sheet>
  );
}
