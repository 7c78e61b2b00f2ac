import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type LessonSummary } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Failed, Loaded } from "../../ui/Loaded";
import { Poster } from "../../ui/Poster";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { SearchForm, SearchResults, useSearch } from "./Search";
import "./history.css";

/** As many as the platform gives at once; fewer means that there are no earlier ones. */
const PAGE = 50;

const firstPage = async () => (await api.lessons.every()).lessons;

export function History() {
  const { t } = useTranslation();
  const [lessons, again] = useResource(firstPage);
  useTitle(t("history.title"));
  return (
    <>
      <div className="page-head">
        <h1>{t("history.title")}</h1>
        <p>{t("history.lead")}</p>
      </div>
      <Loaded resource={lessons} again={again}>
        {(found) => (found.length === 0 ? <NoLessons /> : <Searchable newest={found} />)}
      </Loaded>
    </>
  );
}

function Searchable({ newest }: { newest: readonly LessonSummary[] }) {
  const search = useSearch();
  const tutors = [...new Map(newest.map(({ tutor }) => [tutor.id, tutor])).values()];
  const searching = search.state !== "no";
  return (
    <>
      <SearchForm
        tutors={tutors}
        searching={searching}
        onSearch={(wanted) => void search.load(wanted, [])}
      />
      <SearchResults search={search} />
      {!searching && <Lessons newest={newest} />}
    </>
  );
}

function Lessons({ newest }: { newest: readonly LessonSummary[] }) {
  const { t } = useTranslation();
  const [earlier, setEarlier] = useState<readonly LessonSummary[]>([]);
  const [more, setMore] = useState<"yes" | "asked" | "no" | { error: unknown }>(
    newest.length < PAGE ? "no" : "yes",
  );
  const all = [...newest, ...earlier];

  async function load() {
    setMore("asked");
    try {
      const page = (await api.lessons.every({ before: all.at(-1)?.id })).lessons;
      setEarlier([...earlier, ...page]);
      setMore(page.length < PAGE ? "no" : "yes");
    } catch (error) {
      setMore({ error });
    }
  }

  return (
    <>
      <Months lessons={all} />
      {typeof more === "object" && <Failed error={more.error} again={() => void load()} />}
      {(more === "yes" || more === "asked") && (
        <Button disabled={more === "asked"} onClick={() => void load()}>
          {t("history.earlier")}
        </Button>
      )}
    </>
  );
}

function NoLessons() {
  const { t } = useTranslation();
  return (
    <div className="empty">
      <p>{t("history.empty")}</p>
      <Link className="button button-primary" to={paths.home}>
        {t("history.toTutors")}
      </Link>
    </div>
  );
}

function Months({ lessons }: { lessons: readonly LessonSummary[] }) {
  const { month } = useFormats();
  const months = new Map<string, LessonSummary[]>();
  for (const lesson of lessons) {
    const name = month.format(new Date(lesson.started_at));
    months.set(name, [...(months.get(name) ?? []), lesson]);
  }
  return [...months].map(([name, found]) => (
    <section key={name} className="month">
      <h2>{name}</h2>
      <ul className="lessons" data-testid="lessons">
        {found.map((lesson) => (
          <li key={lesson.id}>
            <Row lesson={lesson} />
          </li>
        ))}
      </ul>
    </section>
  ));
}

function Row({ lesson }: { lesson: LessonSummary }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  return (
    <Link className="lesson-row" to={paths.record(lesson.id)} data-testid="lesson-row">
      <span className="lesson-face">
        <Poster name={lesson.tutor.name} url={lesson.tutor.poster_url} />
      </span>
      <span className="lesson-words">
        <strong>{lesson.first_question ?? t("history.unasked")}</strong>
        <span className="lesson-subject">
          {lesson.tutor.name} · {lesson.tutor.subject}
        </span>
      </span>
      <span className="lesson-when">
        <time dateTime={lesson.started_at}>{day(lesson.started_at)}</time>
        {lesson.ended_at === null && <span className="lesson-open">{t("history.open")}</span>}
      </span>
    </Link>
  );
}
