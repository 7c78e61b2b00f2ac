import { useCallback, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type AlertView, api } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useErrorText } from "../../ui/useErrorText";
import { useFormats } from "../../ui/useFormats";
import { useTitle } from "../../ui/useTitle";
import { addresses } from "../classes/addresses";
import { useFresh } from "../classes/useFresh";
import { useNews } from "../classes/useNews";
import "../classes/classes.css";
import "./review.css";

/** Words that need somebody who cares: the urgent ones first, new ones by themselves. */
export default function Alerts() {
  const { t } = useTranslation();
  const [acknowledged, setAcknowledged] = useState(false);
  const load = useCallback(
    async () => (await api.alerts.every({ acknowledged })).alerts,
    [acknowledged],
  );
  const { resource, refresh } = useFresh(load);
  useNews("alerts", refresh);
  useTitle(t("classes.alerts.title"));
  return (
    <>
      <div className="page-head">
        <h1>{t("classes.alerts.title")}</h1>
        <p>{t("classes.alerts.lead")}</p>
      </div>
      <div className="filters">
        <fieldset className="segments">
          <legend className="hidden-text">{t("classes.review.statusLabel")}</legend>
          {[false, true].map((each) => (
            <button
              key={String(each)}
              type="button"
              aria-pressed={each === acknowledged}
              onClick={() => setAcknowledged(each)}
            >
              {t(each ? "classes.alerts.done" : "classes.alerts.waiting")}
            </button>
          ))}
        </fieldset>
      </div>
      <Loaded resource={resource} again={refresh}>
        {(found) =>
          found.length === 0 ? (
            <div className="empty">
              <h2>{t(acknowledged ? "classes.review.emptyOther" : "classes.alerts.emptyTitle")}</h2>
              <p>{t("classes.alerts.empty")}</p>
              <Link className="button button-quiet" to={addresses.wall}>
                {t("classes.alerts.step")}
              </Link>
            </div>
          ) : (
            <ul className="flags" data-testid="alerts">
              {byUrgency(found).map((alert) => (
                <li key={alert.id}>
                  <AlertCard alert={alert} onDone={refresh} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

function byUrgency(alerts: readonly AlertView[]): readonly AlertView[] {
  return [...alerts].sort((a, b) => Number(b.level === "urgent") - Number(a.level === "urgent"));
}

function AlertCard({ alert, onDone }: { alert: AlertView; onDone: () => void }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  return (
    <article className={`flag alert-${alert.level}`}>
      <p className="flag-head small">
        <span className={`reason reason-${alert.level}`}>
          {t(`classes.alerts.${alert.level}`)} · {t(`classes.review.kinds.${alert.kind}`)}
        </span>
        <span className="soft">{[alert.student.name, ...alert.classes].join(" · ")}</span>
        <time className="soft flag-when" dateTime={alert.created_at}>
          {day(alert.created_at)}
        </time>
      </p>
      <p className="small soft">{t(`classes.alerts.said.${alert.source}`)}</p>
      <blockquote className="flag-question">{alert.excerpt}</blockquote>
      {alert.letters_sent > 0 && (
        <p className="small soft">{t("classes.alerts.letters", { count: alert.letters_sent })}</p>
      )}
      {alert.acknowledged_at !== null && (
        <p className="small soft">
          {t("classes.alerts.by", {
            name: alert.acknowledged_by ?? "–",
            day: day(alert.acknowledged_at),
          })}
          {alert.note && ` · ${alert.note}`}
        </p>
      )}
      {alert.acknowledged_at === null && <Acknowledge alertId={alert.id} onDone={onDone} />}
      <Link className="small" to={addresses.conversation(alert.lesson_id)}>
        {t("classes.review.conversation")}
      </Link>
    </article>
  );
}

function Acknowledge({ alertId, onDone }: { alertId: string; onDone: () => void }) {
  const { t } = useTranslation();
  const text = useErrorText();
  const field = useId();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");

  async function acknowledge() {
    setBusy(true);
    setTrouble("");
    try {
      await api.alerts.acknowledge(alertId, { note });
      onDone();
    } catch (error) {
      setTrouble(text(error).text);
      setBusy(false);
    }
  }

  return (
    <div className="flag-handle">
      <div className="field">
        <label htmlFor={field}>{t("classes.alerts.note")}</label>
        <input
          id={field}
          className="input"
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      <div className="form-actions">
        <Button look="primary" disabled={busy} onClick={() => void acknowledge()}>
          {t("classes.alerts.acknowledge")}
        </Button>
      </div>
    </div>
  );
}
