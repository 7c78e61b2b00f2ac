import { useCallback, useEffect, useRef, useState } from "react";
import { api, type PeoplePage, type Role } from "../../api";

interface Found {
  page: PeoplePage | null;
  error: unknown;
  again: () => void;
  more: () => void;
}

/** The people a search finds, page after page; late answers to older questions are dropped. */
export function usePeople(words: string, role: Role | null): Found {
  const [page, setPage] = useState<PeoplePage | null>(null);
  const [error, setError] = useState<unknown>(null);
  const question = useRef(0);

  const ask = useCallback(
    (after: string | null, before: PeoplePage["people"]) => {
      question.current += 1;
      const mine = question.current;
      setError(null);
      api.people.search({ words, role, after }).then(
        (found) => {
          if (mine !== question.current) return;
          setPage({ ...found, people: [...before, ...found.people] });
        },
        (reason: unknown) => {
          if (mine === question.current) setError(reason);
        },
      );
    },
    [words, role],
  );

  const again = useCallback(() => ask(null, []), [ask]);
  const more = useCallback(() => {
    if (page?.next) ask(page.next, page.people);
  }, [ask, page]);

  useEffect(again, [again]);
  return { page, error, again, more };
}
