import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api, type Language, type ServerFinding } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { StateMark } from "./StepRow";

/** What the lesson server found out about itself, for the administrators who can mend it: troubles first. */
export function ServerCheck() {
  const { t, i18n } = useTranslation();
  const language = i18n.language as Language;
  const [findings, again] = useResource(
    useCallback(async () => (await api.gateway.doctor({ language })).findings, [language]),
  );
  return (
    <section className="server-check" aria-labelledby="server-check">
      <h2 id="server-check">{t("check.server.title")}</h2>
      <Loaded resource={findings} again={again}>
        {(all) => (
          <>
            <Findings findings={all.filter(isTrouble).sort(byGravity)} />
            {!all.every(isTrouble) && (
              <details>
                <summary>{t("check.server.rest")}</summary>
                <Findings findings={all.filter((found) => !isTrouble(found))} />
              </details>
            )}
            <Button onClick={again}>{t("check.again")}</Button>
          </>
        )}
      </Loaded>
    </section>
  );
}

const isTrouble = ({ status }: ServerFinding): boolean =>
  status === "warning" || status === "error";

const byGravity = (one: ServerFinding, other: ServerFinding): number =>
  Number(other.status === "error") - Number(one.status === "error");

function Findings({ findings }: { findings: readonly ServerFinding[] }) {
  const { t } = useTranslation();
  if (findings.length === 0) return <p>{t("check.server.nothing")}</p>;
  return (
    <ul className="steps">
      {findings.map(({ check, status, seen, why, mend }) => (
        <li
          key={`${check} ${seen}`}
          className="step"
          data-testid="server-finding"
          data-mark={status}
        >
          <StateMark mark={status} />
          <div className="step-words">
            <p className="step-name">
              {seen}
              <span className="hidden-text">: {t(`check.state.${status}`)}</span>
            </p>
            {why && <p>{why}</p>}
            {mend && (
              <p className="finding-next">
                <strong>{t("check.next")}</strong> {mend}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
