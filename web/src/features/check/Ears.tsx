import { useTranslation } from "react-i18next";
import type { Doctor, StepName, StepState } from "../../realtime/doctor";
import { Button } from "../../ui/Button";
import { useStore } from "../../ui/useStore";

interface Props {
  name: StepName;
  state: StepState;
  doctor: Doctor;
}

/** The two steps in which the student takes part. */
export function Ears({ name, state, doctor }: Props) {
  const { t } = useTranslation();
  if (state === "waiting") return null;
  if (name === "microphone") return <Speaking doctor={doctor} />;
  if (name !== "speaker") return null;
  if (state === "running") return <p>{t("check.tone")}</p>;
  return (
    <div className="ears">
      <p role="status">{t("check.heardIt")}</p>
      <div className="ears-answers">
        <Button look="primary" onClick={() => doctor.say("yes")} data-testid="heard-yes">
          {t("check.yes")}
        </Button>
        <Button onClick={() => doctor.say("no")} data-testid="heard-no">
          {t("check.no")}
        </Button>
        <Button look="plain" icon="sound" onClick={() => doctor.say("again")}>
          {t("check.playAgain")}
        </Button>
      </div>
    </div>
  );
}

const BARS = Array.from({ length: 16 }, (_, index) => index);

function Speaking({ doctor }: { doctor: Doctor }) {
  const { t } = useTranslation();
  const level = useStore(doctor.level);
  return (
    <div className="ears">
      <p role="status">{t(level > 0 ? "check.speak" : "check.allowed")}</p>
      <div className="ears-answers">
        <svg className="level" viewBox="0 0 128 24" aria-hidden="true" focusable="false">
          {BARS.map((bar) => (
            <rect
              key={bar}
              className={bar < level * BARS.length ? "level-on" : "level-off"}
              x={bar * 8}
              y={12 - (4 + bar * 0.5)}
              width="5"
              height={8 + bar}
              rx="2"
            />
          ))}
        </svg>
        <meter className="hidden-text" value={level} aria-label={t("check.level")} />
        <Button look="plain" onClick={() => doctor.skipMicrophone()} data-testid="skip-microphone">
          {t("check.skip")}
        </Button>
      </div>
    </div>
  );
}
