import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type LessonCompany, type MessageView, type Named } from "../../api";
import { Icon } from "../../ui/Icon";
import { useNews } from "./useNews";
import "./company.css";

const NOBODY: LessonCompany = { present: [], words: [] };

/**
 * For the student's lesson page: who of the staff is here, and what they write. Nobody reads along unseen, so this
 * stands for as long as somebody is here and cannot be closed.
 */
export function Company({ lessonId }: { lessonId: string }) {
  const { t } = useTranslation();
  const [company, setCompany] = useState(NOBODY);

  useEffect(() => {
    let wanted = true;
    setCompany(NOBODY);
    api.wall.company(lessonId).then(
      (found) => wanted && setCompany(found),
      // The stream tells the same a moment later.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [lessonId]);

  const came = useCallback(
    (data: unknown) => {
      const { lesson_id, present } = data as { lesson_id: string; present: Named[] };
      if (lesson_id === lessonId) setCompany((before) => ({ ...before, present }));
    },
    [lessonId],
  );
  const said = useCallback(
    (data: unknown) => {
      const words = data as MessageView;
      if (words.lesson_id !== lessonId) return;
      setCompany((before) => ({
        ...before,
        words: [...before.words.filter(({ id }) => id !== words.id), words],
      }));
    },
    [lessonId],
  );
  useNews("company", came);
  useNews("words", said);

  const { present, words } = company;
  if (present.length === 0 && words.length === 0) return null;
  const names = present.map(({ name }) => name).join(t("classes.company.and"));
  return (
    <aside className="company" aria-label={t("classes.company.label")} data-testid="company">
      <p className="company-here" role="status">
        {present.length > 0 && (
          <>
            <Icon name="face" size={18} />
            {t(present.length > 1 ? "classes.company.hereMany" : "classes.company.here", { names })}
          </>
        )}
      </p>
      <ol className="company-words" aria-live="polite">
        {words.map((each) => (
          <li key={each.id}>
            <strong>{t("classes.company.words", { name: each.name })}</strong>
            <p>{each.content}</p>
          </li>
        ))}
      </ol>
    </aside>
  );
}
