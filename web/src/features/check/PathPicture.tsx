import { useTranslation } from "react-i18next";
import type { Step, StepName } from "../../realtime/doctor";
import { Icon } from "../../ui/Icon";
import { type Mark, StateMark, worstOf } from "./StepRow";

/** Two ways between the student and the tutor, each as far as it is known. */
export function PathPicture({ steps }: { steps: readonly Step[] }) {
  const { t } = useTranslation();
  const of = (name: StepName) => steps.find((step) => step.name === name);
  return (
    <div className="path">
      <p className="path-end">
        <Icon name="device" size={32} />
        {t("check.you")}
      </p>
      <ul className="path-ways">
        <Way label="socket" mark={wayOf([of("socket")])} />
        <Way label="media" mark={mediaOf(of("udp"), of("turn"), of("loop"))} />
      </ul>
      <p className="path-end">
        <Icon name="face" size={32} />
        {t("check.tutor")}
      </p>
    </div>
  );
}

interface WayProps {
  label: "socket" | "media";
  mark: Exclude<Mark, "asking">;
}

function Way({ label, mark }: WayProps) {
  const { t } = useTranslation();
  const known = mark === "running" ? "waiting" : mark;
  return (
    <li className={`way way-${mark}`} data-testid={`way-${label}`} data-mark={mark}>
      <span className="way-name">
        {t(label === "socket" ? "check.step.socket" : "check.media")}
        <span className="hidden-text">: {t(`check.path.${known}`)}</span>
      </span>
      <span className="way-line">
        <StateMark mark={mark} />
      </span>
    </li>
  );
}

type Known = readonly (Step | undefined)[];

function wayOf(steps: Known): WayProps["mark"] {
  const [step] = steps;
  if (step === undefined || step.state === "waiting") return "waiting";
  return step.state === "done" ? worstOf(step.findings) : "running";
}

/** What was measured counts most; otherwise one open way is enough. */
function mediaOf(
  udp: Step | undefined,
  turn: Step | undefined,
  loop: Step | undefined,
): WayProps["mark"] {
  const measured = wayOf([loop]);
  if (measured === "ok" || measured === "warning" || measured === "error") return measured;
  const ways = [wayOf([udp]), wayOf([turn])];
  if (ways.includes("ok") || turn?.findings.some(({ status }) => status === "ok")) return "ok";
  if (ways.includes("running") || measured === "running") return "running";
  return ways[0] ?? "waiting";
}
