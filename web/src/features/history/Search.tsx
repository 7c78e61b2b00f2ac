import { type FormEvent, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type SearchHit, type TutorBrief } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";
import { Poster } from "../../ui/Poster";
import { useFormats } from "../../ui/useFormats";

const PAGE = 20;
const DAY_MS = 86_400_000;

export interface Wanted {
  q: string;
  tutor: string;
  since: string;
  until: string;
}

export const NOTHING: Wanted = { q: "", tutor: "", since: "", until: "" };

/** Midnight of a day in the reader's own zone, as a moment. */
export const dayStart = (day: string, days = 0): string =>
  new Date(new Date(`${day}T00:00`).getTime() + days * DAY_MS).toISOString();

function queryOf({ q, tutor, since, until }: Wanted) {
  return {
    q,
    limit: PAGE,
    ...(tutor ? { tutor_id: tutor } : {}),
    ...(since ? { since: dayStart(since) } : {}),
    ...(until ? { until: dayStart(until, 1) } : {}),
  };
}

interface FormProps {
  tutors: readonly TutorBrief[];
  onSearch: (wanted: Wanted) => void;
  searching: boolean;
}

/** What to look for in everything that was said. */
export function SearchForm({ tutors, onSearch, searching }: FormProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(NOTHING);
  const change = (part: Partial<Wanted>) => setWanted({ ...wanted, ...part });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (wanted.q.trim() !== "") onSearch({ ...wanted, q: wanted.q.trim() });
  }

  return (
    <search>
      <form className="search" onSubmit={submit}>
        <div className="field search-words">
          <label htmlFor="search-words">{t("learning.search.label")}</label>
          <input
            id="search-words"
            className="input"
            type="search"
            maxLength={200}
            value={wanted.q}
            placeholder={t("learning.search.placeholder")}
            onChange={(event) => change({ q: event.target.value })}
            data-testid="search"
          />
        </div>
        <div className="search-buttons">
          <Button look="primary" type="submit" data-testid="search-go">
            {t("learning.search.submit")}
          </Button>
          {searching && (
            <Button
              onClick={() => {
                setWanted(NOTHING);
                onSearch(NOTHING);
              }}
            >
              {t("learning.search.clear")}
            </Button>
          )}
        </div>
        <details className="search-more">
          <summary>{t("learning.search.narrow")}</summary>
          <div className="search-narrow">
            <div className="field">
              <label htmlFor="search-tutor">{t("learning.search.tutor")}</label>
              <select
                id="search-tutor"
                className="input"
                value={wanted.tutor}
                onChange={(event) => change({ tutor: event.target.value })}
              >
                <option value="">{t("learning.search.anyTutor")}</option>
                {tutors.map((tutor) => (
                  <option key={tutor.id} value={tutor.id}>
                    {tutor.name}
                  </option>
                ))}
              </select>
            </div>
            {(["since", "until"] as const).map((edge) => (
              <div key={edge} className="field">
                <label htmlFor={`search-${edge}`}>{t(`learning.search.${edge}`)}</label>
                <input
                  id={`search-${edge}`}
                  className="input"
                  type="date"
                  value={wanted[edge]}
                  onChange={(event) => change({ [edge]: event.target.value })}
                />
              </div>
            ))}
          </div>
        </details>
      </form>
    </search>
  );
}

type Found = { hits: readonly SearchHit[]; more: boolean };
type State = "no" | "asked" | Found | { error: unknown };

/** Searches, page by page; late answers of an earlier search are dropped. */
export function useSearch() {
  const [wanted, setWanted] = useState(NOTHING);
  const [state, setState] = useState<State>("no");

  const load = useCallback(async (asked: Wanted, before: readonly SearchHit[]) => {
    setWanted(asked);
    if (asked.q === "") {
      setState("no");
      return;
    }
    if (before.length === 0) setState("asked");
    try {
      const last = before.at(-1)?.turn_id;
      const page = await api.lessons.search({
        ...queryOf(asked),
        ...(last ? { before: last } : {}),
      });
      const found = { hits: [...before, ...page.hits], more: page.hits.length === PAGE };
      setWanted((now) => {
        if (now === asked) setState(found);
        return now;
      });
    } catch (error) {
      setState({ error });
    }
  }, []);

  return { wanted, state, load };
}

type Search = ReturnType<typeof useSearch>;

export function SearchResults({ search }: { search: Search }) {
  const { t } = useTranslation();
  const { state, wanted, load } = search;
  if (state === "no") return null;
  if (state === "asked") {
    return (
      <p className="waiting" role="status">
        {t("common.loading")}
      </p>
    );
  }
  if ("error" in state) return <Failed error={state.error} again={() => void load(wanted, [])} />;
  if (state.hits.length === 0) {
    return (
      <p className="empty" role="status">
        {t("learning.search.none", { words: wanted.q })}
      </p>
    );
  }
  return (
    <section aria-label={t("learning.search.label")}>
      <p className="small" role="status">
        {t("learning.search.found", { count: state.hits.length })}
      </p>
      <ul className="lessons" data-testid="hits">
        {state.hits.map((hit) => (
          <li key={hit.turn_id}>
            <Hit hit={hit} />
          </li>
        ))}
      </ul>
      {state.more && (
        <Button onClick={() => void load(wanted, state.hits)}>{t("learning.search.more")}</Button>
      )}
    </section>
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  return (
    <Link
      className="lesson-row"
      to={`${paths.record(hit.lesson_id)}#turn-${hit.turn_id}`}
      data-testid="hit"
    >
      <span className="lesson-face">
        <Poster name={hit.tutor.name} url={hit.tutor.poster_url} />
      </span>
      <span className="lesson-words">
        <span>
          <strong>{hit.role === "user" ? t("learning.search.you") : hit.tutor.name}: </strong>
          {hit.snippet.map((piece, index) =>
            piece.hit ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces never change places
              <mark key={index}>{piece.text}</mark>
            ) : (
              piece.text
            ),
          )}
        </span>
        <span className="lesson-subject">
          <time dateTime={hit.created_at}>{day(hit.created_at)}</time>
        </span>
      </span>
    </Link>
  );
}
