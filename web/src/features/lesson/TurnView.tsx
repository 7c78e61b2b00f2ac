import { useTranslation } from "react-i18next";
import type { Citation } from "../../protocol";
import type { ChatTurn } from "../../realtime";
import { Choices } from "./Choices";
import { Words } from "./rich/Words";

interface Props {
  turn: ChatTurn;
  /** Its name in an address. */
  anchor?: string | undefined;
  tutor: string;
  onCite: (citation: Citation) => void;
  opened: Citation | null;
  /** What was said next; null while nothing was. */
  answer?: string | null;
  onChoose?: ((choice: string) => void) | undefined;
}

/** One contribution, as it was heard, with where it comes from. */
export function TurnView({ turn, anchor, tutor, onCite, opened, answer = null, onChoose }: Props) {
  const { t } = useTranslation();
  return (
    <li
      id={anchor}
      className={`turn turn-${turn.role}`}
      data-testid="turn"
      data-role={turn.role}
      data-turn-state={turn.state}
    >
      <p className="turn-name">{turn.role === "tutor" ? tutor : t("lesson.you")}</p>
      <div className="turn-words">
        <Words turn={turn} />
      </div>
      {turn.state === "sending" && <p className="turn-note">{t("chat.sending")}</p>}
      {turn.state === "interrupted" && (
        <p className="turn-note">{t(turn.heard === 0 ? "chat.unheard" : "chat.interrupted")}</p>
      )}
      {turn.choices.length > 0 && (
        <Choices choices={turn.choices} answer={answer} onChoose={onChoose} />
      )}
      {turn.citations.length > 0 && (
        <ul className="sources" aria-label={t("chat.sources")}>
          {turn.citations.map((citation) => (
            <li key={citation.n} className="source">
              <Chip
                citation={citation}
                lit={turn.lit.includes(citation.n)}
                open={citation === opened}
                onCite={onCite}
              />
            </li>
          ))}
        </ul>
      )}
      {turn.latency && <Timing stages={turn.latency} />}
    </li>
  );
}

/** What the engine measures, in the order in which it happens. */
const STAGES = [
  "turn_end",
  "words",
  "retrieved",
  "answer_first",
  "speech_first",
  "played_first",
] as const;

interface ChipProps {
  citation: Citation;
  lit: boolean;
  open: boolean;
  onCite: (citation: Citation) => void;
}

function Chip({ citation, lit, open, onCite }: ChipProps) {
  const { t } = useTranslation();
  const { n, title, page } = citation;
  return (
    <button
      type="button"
      className={lit ? "chip chip-lit" : "chip"}
      aria-expanded={open}
      onClick={() => onCite(citation)}
      data-testid="citation"
      data-n={n}
      data-lit={lit}
    >
      <span className="hidden-text">{t("chat.source")}</span>
      <span className="chip-number">{n}</span>
      <span className="chip-title">{title}</span>
      <span className="chip-page">{t("common.page", { page })}</span>
    </button>
  );
}

function Timing({ stages }: { stages: Readonly<Record<string, number>> }) {
  const { t } = useTranslation();
  function nameOf(stage: string): string {
    const known = STAGES.find((name) => name === stage);
    return known ? t(`chat.stages.${known}`) : stage.replaceAll("_", " ");
  }
  return (
    <details className="timing" data-testid="latency">
      <summary>{t("chat.timing")}</summary>
      <dl>
        {Object.entries(stages).map(([stage, value]) => (
          <div key={stage}>
            <dt>{nameOf(stage)}</dt>
            <dd>{t("chat.milliseconds", { value: Math.round(value) })}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
