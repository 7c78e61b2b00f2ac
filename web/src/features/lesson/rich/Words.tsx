import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { ChatTurn } from "../../../realtime";
import { hasFormula, isRich } from "./isRich";

const Rich = lazy(() => import("./Rich"));
const RichMath = lazy(() => import("./RichMath"));

/**
 * The words of one contribution, with what has sounded apart from what has not. What the student says is text;
 * what the tutor says is drawn with its form, where it has any.
 */
export function Words({ turn }: { turn: ChatTurn }) {
  const { t } = useTranslation();
  if (turn.role === "student" || !isRich(turn.text)) return <PlainWords turn={turn} />;
  const cut = turn.state === "interrupted";
  const Drawn = hasFormula(turn.text) ? RichMath : Rich;
  return (
    <Suspense fallback={<PlainWords turn={turn} />}>
      <Drawn
        words={turn.text}
        heard={turn.state === "done" ? turn.text.length : turn.heard}
        behind={cut ? "words-unsaid" : "words-faint"}
      />
      {cut && turn.heard < turn.text.length && (
        <span className="hidden-text">{t("chat.notHeard")}</span>
      )}
    </Suspense>
  );
}

function PlainWords({ turn }: { turn: ChatTurn }) {
  const { t } = useTranslation();
  const heard = turn.text.slice(0, turn.heard);
  const rest = turn.text.slice(turn.heard);
  if (turn.role === "student" || turn.state === "done") return turn.text;
  if (turn.state === "interrupted") {
    return (
      <>
        <span data-testid="heard">{heard}</span>
        {rest && (
          <del className="words-unsaid" data-testid="unsaid">
            <span className="hidden-text">{t("chat.notHeard")}</span>
            {rest}
          </del>
        )}
      </>
    );
  }
  return (
    <>
      <span data-testid="heard">{heard}</span>
      <span className="words-faint">{rest}</span>
    </>
  );
}
