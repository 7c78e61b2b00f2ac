import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type LessonSummary, type Tutor } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Failed, Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Poster } from "../../ui/Poster";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { usePerson } from "../session/session";
import { TutorCard } from "./TutorCard";
import { useStartLesson } from "./useStartLesson";
import "./home.css";

const loadHome = async () => {
  const [{ tutors }, { lessons }] = await Promise.all([api.tutors.every(), api.lessons.every()]);
  return { tutors, lessons };
};

function partOfDay(hour: number): "morning" | "afternoon" | "evening" {
  if (hour >= 4 && hour < 12) return "morning";
  return hour >= 12 && hour < 18 ? "afternoon" : "evening";
}

export function Home() {
  const { t } = useTranslation();
  const person = usePerson();
  const [home, again] = useResource(loadHome);
  useTitle(t("home.title"));
  const greeting = `home.${partOfDay(new Date().getHours())}` as const;

  return (
    <>
      <div className="page-head">
        <h1>{t(greeting, { name: person.name })}</h1>
        <p>{t(person.role === "student" ? "home.lead" : "home.leadStaff")}</p>
        <Link className="check-link" to={paths.check} data-testid="to-check">
          <Icon name="pulse" size={18} />
          {t("check.title")}
        </Link>
      </div>
      <Loaded resource={home} again={again}>
        {({ tutors, lessons }) => <Rooms tutors={tutors} lessons={lessons} again={again} />}
      </Loaded>
    </>
  );
}

interface RoomsProps {
  tutors: readonly Tutor[];
  lessons: readonly LessonSummary[];
  again: () => void;
}

function Rooms({ tutors, lessons, again }: RoomsProps) {
  const { t, i18n } = useTranslation();
  const { starting, start, cancel } = useStartLesson();
  const familiar = (tutor: Tutor) => tutor.language === i18n.language;
  // Who speaks the reader's language comes first.
  const ordered = [...tutors.filter(familiar), ...tutors.filter((tutor) => !familiar(tutor))];
  const [last] = lessons;
  const busyWith = starting.state === "yes" ? starting.tutorId : null;
  const met = new Set(lessons.map((lesson) => lesson.tutor.id));
  const known = ordered.filter((tutor) => met.has(tutor.id));
  const others = ordered.filter((tutor) => !met.has(tutor.id));
  const cards = (some: readonly Tutor[]) =>
    some.length > 0 && (
      <ul className="tutors">
        {some.map((tutor) => (
          <li key={tutor.id}>
            <TutorCard
              tutor={tutor}
              busy={busyWith === tutor.id}
              disabled={busyWith !== null}
              onStart={(mode) => void start(tutor.id, mode)}
            />
          </li>
        ))}
      </ul>
    );

  if (tutors.length === 0) {
    return (
      <div className="empty">
        <h2>{t("home.emptyTitle")}</h2>
        <p>{t("home.empty")}</p>
        <Button look="primary" onClick={again}>
          {t("home.lookAgain")}
        </Button>
      </div>
    );
  }
  return (
    <div className="rooms">
      {starting.state === "waiting" && (
        <Notice actions={<Button onClick={cancel}>{t("common.cancel")}</Button>}>
          {t("home.seats", { seconds: starting.seconds })}
        </Notice>
      )}
      {starting.state === "failed" && <Failed error={starting.error} again={cancel} />}
      {last && <Continue lesson={last} />}
      <div data-testid="tutors" className="rooms">
        {known.length > 0 && others.length > 0 && <h2>{t("learning.home.yours")}</h2>}
        {cards(known)}
        {known.length > 0 && others.length > 0 && <h2>{t("learning.home.more")}</h2>}
        {cards(others)}
      </div>
    </div>
  );
}

function Continue({ lesson }: { lesson: LessonSummary }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  return (
    <section className="continue" aria-labelledby="continue-title">
      <span className="continue-face">
        <Poster name={lesson.tutor.name} url={lesson.tutor.poster_url} />
      </span>
      <div className="continue-words">
        <h2 id="continue-title">{t("home.continue")}</h2>
        <p className="small">
          {lesson.tutor.name} · {lesson.first_question ?? lesson.tutor.subject} ·{" "}
          {day(lesson.started_at)}
        </p>
      </div>
      <Link className="button button-quiet" to={paths.lesson(lesson.id)} data-testid="continue">
        {t("home.continueButton")}
      </Link>
    </section>
  );
}
