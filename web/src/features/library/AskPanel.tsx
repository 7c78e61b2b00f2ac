import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type FoundPassage } from "../../api";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";

/** Try what a library finds for a question. */
export function AskPanel({ libraryId }: { libraryId: string }) {
  const { t } = useTranslation();
  const id = useId();
  const [question, setQuestion] = useState("");
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<readonly FoundPassage[] | null>(null);
  const [failed, setFailed] = useState<unknown>(null);

  async function ask() {
    setBusy(true);
    setFailed(null);
    try {
      setFound((await api.libraries.ask(libraryId, { question, limit: 5 })).passages);
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (question.trim() !== "" && !busy) void ask();
  }

  return (
    <section className="card ask" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t("library.askTitle")}</h2>
      <form className="ask-form" onSubmit={submit}>
        <label className="hidden-text" htmlFor={id}>
          {t("library.askLabel")}
        </label>
        <input
          id={id}
          className="input"
          value={question}
          maxLength={500}
          placeholder={t("library.askHint")}
          onChange={(event) => setQuestion(event.target.value)}
          data-testid="ask-library"
        />
        <Button look="primary" type="submit" disabled={busy || question.trim() === ""}>
          {t(busy ? "library.asking" : "library.ask")}
        </Button>
      </form>
      {failed !== null && <Failed error={failed} again={() => void ask()} />}
      <div aria-live="polite">
        {found?.length === 0 && <p className="soft">{t("library.nothing")}</p>}
        {found && found.length > 0 && (
          <ol className="passages" data-testid="passages">
            {found.map((passage) => (
              <li key={`${passage.document_id}-${passage.page}-${passage.start}`}>
                <a
                  href={api.documentFile(passage.document_id, passage.page)}
                  target="_blank"
                  rel="noreferrer"
                >
                  {passage.title}, {t("common.page", { page: passage.page })}
                </a>
                {passage.heading && <span className="soft small">{passage.heading}</span>}
                <blockquote>{passage.text}</blockquote>
              </li>
            ))}
          </ol>
        )}
      </div>
    </section>
  );
}
