import { useTranslation } from "react-i18next";
import { useStore } from "../../ui/useStore";
import { preferences } from "./preferences";

interface Props {
  choices: readonly string[];
  /** What was said next; null while nothing was. */
  answer: string | null;
  /** Left out where nothing can be chosen any more. */
  onChoose: ((choice: string) => void) | undefined;
}

/** The answers that the tutor offers. They stay readable, and do nothing, once the lesson has gone on. */
export function Choices({ choices, answer, onChoose }: Props) {
  const { t } = useTranslation();
  const { keys } = useStore(preferences);
  return (
    <ol className="offered" aria-label={t("chat.choices")} data-open={onChoose !== undefined}>
      {choices.map((choice, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells two equal answers apart
        <li key={index}>
          <button
            type="button"
            className={choice === answer ? "offer offer-taken" : "offer"}
            aria-disabled={onChoose === undefined}
            aria-pressed={choice === answer}
            aria-keyshortcuts={keys && onChoose ? String(index + 1) : undefined}
            onClick={() => onChoose?.(choice)}
            data-testid="choice"
          >
            <span className="chip-number">{index + 1}</span>
            {choice}
          </button>
        </li>
      ))}
    </ol>
  );
}
