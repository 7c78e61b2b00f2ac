import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type WallLesson } from "../../api";
import { Loaded } from "../../ui/Loaded";
import { Poster } from "../../ui/Poster";
import { useTitle } from "../../ui/useTitle";
import { addresses } from "./addresses";
import { useFresh } from "./useFresh";
import { useNews } from "./useNews";
import "./classes.css";

const MINUTE_MS = 60_000;
const load = async () => (await api.wall.live()).lessons;

/** Who is in a lesson now. Cards come and change by themselves. */
export default function WallPage() {
  const { t } = useTranslation();
  const { resource, refresh, stale } = useFresh(load);
  const now = useMinutes(refresh);
  useNews("wall", refresh);
  useTitle(t("classes.wall.title"));
  return (
    <>
      <div className="page-head">
        <h1>{t("classes.wall.title")}</h1>
        <p>{t("classes.wall.lead")}</p>
      </div>
      {stale && resource.state === "ready" && (
        <p className="remark" role="status">
          {t("classes.wall.away")}
        </p>
      )}
      <Loaded resource={resource} again={refresh}>
        {(lessons) =>
          lessons.length === 0 ? (
            <div className="empty">
              <h2>{t("classes.wall.emptyTitle")}</h2>
              <p>{t("classes.wall.empty")}</p>
              <Link className="button button-quiet" to={addresses.classes}>
                {t("classes.wall.step")}
              </Link>
            </div>
          ) : (
            <ul className="wall" data-testid="wall">
              {lessons.map((lesson) => (
                <li key={lesson.lesson_id}>
                  <Card lesson={lesson} now={now} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

/** The present, once a minute; somebody who has gone disappears then, too. */
function useMinutes(each: () => void): number {
  const [now, setNow] = useState(() => Date.now());
  const tick = useCallback(() => {
    setNow(Date.now());
    each();
  }, [each]);
  useEffect(() => {
    const timer = setInterval(tick, MINUTE_MS);
    return () => clearInterval(timer);
  }, [tick]);
  return now;
}

function Card({ lesson, now }: { lesson: WallLesson; now: number }) {
  const { t } = useTranslation();
  const minutes = Math.max(0, Math.floor((now - Date.parse(lesson.since)) / MINUTE_MS));
  return (
    <article className={`wall-card wall-card-${lesson.state}`}>
      <header className="wall-card-head">
        <span className="wall-card-face">
          <Poster name={lesson.tutor.name} url={lesson.tutor.poster_url} />
        </span>
        <div>
          <h2>
            <Link to={addresses.conversation(lesson.lesson_id)}>{lesson.student.name}</Link>
          </h2>
          <p className="soft small">
            {[
              t("classes.wall.with", { name: lesson.tutor.name }),
              t("classes.wall.minutes", { count: minutes }),
              ...lesson.classes,
            ].join(" · ")}
          </p>
        </div>
      </header>
      <p className="wall-card-state">
        <span className={`dot dot-${lesson.state}`} aria-hidden="true" />
        {t(`classes.wall.states.${lesson.state}`)}
      </p>
      {lesson.last_words && <p className="wall-card-words">{lesson.last_words}</p>}
      <Quality lesson={lesson} />
      {lesson.visitors.length > 0 && (
        <p className="small soft">
          {t("classes.wall.visitors", {
            names: lesson.visitors.map(({ name }) => name).join(", "),
          })}
        </p>
      )}
    </article>
  );
}

function Quality({ lesson }: { lesson: WallLesson }) {
  const { t } = useTranslation();
  if (lesson.level === null || lesson.level === "full") return null;
  const reason = lesson.reason === "" ? null : t(`classes.wall.reasons.${lesson.reason}`);
  return (
    <p className="wall-card-quality small">
      {[t(`classes.wall.levels.${lesson.level}`), reason].filter(Boolean).join(" · ")}
    </p>
  );
}
