import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type ReviewTurn } from "../../api";
import { Button } from "../../ui/Button";
import { useErrorText } from "../../ui/useErrorText";

interface Props {
  turns: readonly ReviewTurn[];
  /** The turn that is talked about. */
  marked?: string | null;
}

/** What was said in a lesson, as staff read it. Words stay words: nothing in them is drawn as markup. */
export function Spoken({ turns, marked = null }: Props) {
  const { t } = useTranslation();
  if (turns.length === 0) return <p className="soft">{t("classes.review.noTurns")}</p>;
  return (
    <ol className="spoken">
      {turns.map((turn) => (
        <li
          key={turn.id}
          className={`said said-${turn.role}`}
          aria-current={turn.id === marked ? "true" : undefined}
        >
          <p className="said-who small">{turn.author ?? t(`classes.review.roles.${turn.role}`)}</p>
          <p className="said-words">{turn.content}</p>
          {turn.citations.length > 0 && (
            <ul className="said-sources small">
              {turn.citations.map((citation) => (
                <li key={citation.n}>
                  {t("classes.review.source", { title: citation.title, page: citation.page })}
                </li>
              ))}
            </ul>
          )}
          {turn.role === "assistant" && <Wrong turnId={turn.id} />}
        </li>
      ))}
    </ol>
  );
}

function Wrong({ turnId }: { turnId: string }) {
  const { t } = useTranslation();
  const text = useErrorText();
  const [step, setStep] = useState<"closed" | "asking" | "busy" | "done">("closed");
  const [words, setWords] = useState("");
  const [trouble, setTrouble] = useState("");

  async function send() {
    setStep("busy");
    setTrouble("");
    try {
      await api.review.markWrong(turnId, { words });
      setStep("done");
    } catch (error) {
      setTrouble(text(error).text);
      setStep("asking");
    }
  }

  if (step === "done") {
    return (
      <p className="small soft" role="status">
        {t("classes.review.wrongDone")}
      </p>
    );
  }
  if (step === "closed") {
    return (
      <button type="button" className="quiet-link small" onClick={() => setStep("asking")}>
        {t("classes.review.wrong")}
      </button>
    );
  }
  return (
    <form
      className="wrong"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <input
        className="input"
        aria-label={t("classes.review.wrongWhat")}
        placeholder={t("classes.review.wrongWhat")}
        maxLength={200}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <Button look="primary" type="submit" disabled={step === "busy"}>
        {t("classes.review.wrongSend")}
      </Button>
      <Button look="plain" onClick={() => setStep("closed")}>
        {t("common.cancel")}
      </Button>
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
    </form>
  );
}
