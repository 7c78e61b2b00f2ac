import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Doctor, type Step, type Tools, type Verdict } from "../../realtime/doctor";
import { Button } from "../../ui/Button";
import { useStore } from "../../ui/useStore";
import { PathPicture } from "./PathPicture";
import { reportText } from "./report";
import { StepRow } from "./StepRow";
import "./check.css";

interface Props {
  /** Called within the press that begins a check. */
  tools: () => Tools;
}

/** The check as a whole: begin, watch, take part, read, copy. */
export function CheckView({ tools }: Props) {
  const { t } = useTranslation();
  const [doctor, setDoctor] = useState<Doctor | null>(null);
  useEffect(() => () => doctor?.close(), [doctor]);

  function start() {
    const made = new Doctor(tools());
    setDoctor(made);
    void made.run();
  }

  if (doctor === null) {
    return (
      <div className="check-begin">
        <p>{t("check.lead")}</p>
        <Button look="primary" large onClick={start} data-testid="check-start">
          {t("check.start")}
        </Button>
      </div>
    );
  }
  return <Running doctor={doctor} again={start} />;
}

function Running({ doctor, again }: { doctor: Doctor; again: () => void }) {
  const { t } = useTranslation();
  const steps = useStore(doctor.steps);
  const verdict = useStore(doctor.verdict);
  const done = steps.filter(({ state }) => state === "done").length;
  const progress = t("check.progress", { done, all: steps.length });
  return (
    <div className="check">
      <PathPicture steps={steps} />
      <p className="check-verdict" role="status" data-testid="verdict" data-verdict={verdict}>
        {verdict === null ? t("check.running") : t(`check.verdict.${verdict}`)}
      </p>
      {verdict === null && (
        <progress
          className="check-progress"
          value={done}
          max={steps.length}
          aria-label={progress}
          title={progress}
        />
      )}
      <ol className="steps">
        {steps.map((step) => (
          <StepRow key={step.name} step={step} doctor={doctor} />
        ))}
      </ol>
      {verdict !== null && <Report steps={steps} verdict={verdict} again={again} />}
    </div>
  );
}

interface ReportProps {
  steps: readonly Step[];
  verdict: Verdict;
  again: () => void;
}

function Report({ steps, verdict, again }: ReportProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<"no" | "yes" | "refused">("no");
  const findings = steps.flatMap((step) => step.findings);
  const about = { page: location.href, browser: navigator.userAgent, at: new Date() };

  async function copy() {
    try {
      await navigator.clipboard.writeText(reportText(t, findings, verdict, about));
      setCopied("yes");
    } catch {
      // Browsers have no clipboard for pages without https.
      setCopied("refused");
    }
  }

  return (
    <div className="check-report">
      <div className="check-buttons">
        <Button onClick={again} data-testid="check-again">
          {t("check.again")}
        </Button>
        <Button icon="copy" onClick={() => void copy()} data-testid="check-copy">
          {t(copied === "yes" ? "check.copied" : "check.copy")}
        </Button>
      </div>
      {copied === "refused" && (
        <>
          <p role="status">{t("check.copyFailed")}</p>
          <textarea
            className="check-text"
            readOnly
            aria-label={t("check.reportTitle")}
            rows={8}
            value={reportText(t, findings, verdict, about)}
          />
        </>
      )}
    </div>
  );
}
