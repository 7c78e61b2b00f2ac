import { useTranslation } from "react-i18next";
import type { Doctor, Finding, Step } from "../../realtime/doctor";
import { Icon, type IconName } from "../../ui/Icon";
import { Ears } from "./Ears";
import { adviceText, seenText } from "./report";

const ORDER = ["ok", "note", "warning", "error"] as const;

export type Mark = (typeof ORDER)[number] | "waiting" | "running" | "asking";

const ICONS: Partial<Record<Mark, IconName>> = {
  ok: "done",
  note: "note",
  warning: "warning",
  error: "close",
  asking: "question",
};

/** The worst of several findings; nothing found is a note. */
export function worstOf(findings: readonly Finding[]): (typeof ORDER)[number] {
  const worst = Math.max(...findings.map(({ status }) => ORDER.indexOf(status)), -1);
  return ORDER[worst] ?? "note";
}

/** Several ways around: one that works is enough. */
function markOf({ name, state, findings }: Step): Mark {
  if (state !== "done") return state;
  if (name === "turn" && findings.some(({ status }) => status === "ok")) return "ok";
  return worstOf(findings);
}

export function StateMark({ mark }: { mark: Mark }) {
  const icon = ICONS[mark];
  return (
    <span className={`mark mark-${mark}`} aria-hidden="true">
      {icon && <Icon name={icon} size={16} />}
    </span>
  );
}

export function StepRow({ step, doctor }: { step: Step; doctor: Doctor }) {
  const { t } = useTranslation();
  const { name, state, findings, progress } = step;
  const mark = markOf(step);
  return (
    <li className="step" data-testid="step" data-step={name} data-mark={mark}>
      <StateMark mark={mark} />
      <div className="step-words">
        <p className="step-name">
          {t(`check.step.${name}`)}
          <span className="hidden-text">: {t(`check.state.${mark}`)}</span>
        </p>
        {findings.map((found) => (
          <FindingWords key={`${found.code} ${found.values.url ?? ""}`} found={found} />
        ))}
        {state !== "done" && <Ears name={name} state={state} doctor={doctor} />}
        {progress !== null && (
          <progress className="step-progress" value={progress} aria-label={t("check.running")} />
        )}
      </div>
    </li>
  );
}

function FindingWords({ found }: { found: Finding }) {
  const { t } = useTranslation();
  const advice = adviceText(t, found);
  return (
    <div className="finding" data-testid="finding" data-code={found.code}>
      <p>{seenText(t, found)}</p>
      {advice && (
        <>
          <p>{advice.means}</p>
          <p className="finding-next">
            <strong>{t("check.next")}</strong> {advice.next}
          </p>
        </>
      )}
    </div>
  );
}
