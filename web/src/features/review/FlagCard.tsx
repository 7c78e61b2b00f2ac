import { useCallback, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type FlagBrief, type FlagView } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useErrorText } from "../../ui/useErrorText";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { addresses } from "../classes/addresses";
import { Spoken } from "./Spoken";

interface Props {
  flag: FlagBrief;
  onChange: (flag: FlagBrief) => void;
}

const KINDS = ["self_harm", "abuse", "sexual", "violence", "personal_data"] as const;

/** One flagged turn: closed a line, open with what was said around it. */
export function FlagCard({ flag, onChange }: Props) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const [open, setOpen] = useState(false);
  const place = useId();
  const who = flag.student?.name ?? t("classes.review.student");
  const kind = KINDS.find((each) => each === flag.words);
  const said = flag.reason === "alert" && kind ? t(`classes.review.kinds.${kind}`) : flag.words;
  return (
    <article className="flag">
      <p className="flag-head small">
        <span className={`reason reason-${flag.reason}`}>
          {t(`classes.review.reasons.${flag.reason}`)}
        </span>
        <span className="soft">
          {[who, flag.tutor_name, ...flag.classes].filter(Boolean).join(" · ")}
        </span>
        <time className="soft flag-when" dateTime={flag.created_at}>
          {day(flag.created_at)}
        </time>
      </p>
      {flag.question && <p className="flag-question">{flag.question}</p>}
      {flag.answer && <p className="flag-answer soft">{flag.answer}</p>}
      {said && <p className="flag-said small">{said}</p>}
      {flag.handled_by && (
        <p className="small soft">
          {t("classes.review.handled", {
            status: t(`classes.review.status.${flag.status}`),
            name: flag.handled_by,
          })}
          {flag.note && ` · ${flag.note}`}
        </p>
      )}
      <div className="form-actions">
        <Button aria-expanded={open} aria-controls={place} onClick={() => setOpen(!open)}>
          {t(open ? "classes.review.close" : "classes.review.open")}
        </Button>
        <Link className="button button-plain" to={addresses.conversation(flag.lesson_id)}>
          {t("classes.review.conversation")}
        </Link>
      </div>
      <div id={place}>{open && <Context flag={flag} onChange={onChange} />}</div>
    </article>
  );
}

function Context({ flag, onChange }: Props) {
  const { t } = useTranslation();
  const load = useCallback(() => api.review.one(flag.id), [flag.id]);
  const [view, again] = useResource(load);
  return (
    <div className="flag-context">
      <Loaded resource={view} again={again}>
        {(found: FlagView) => (
          <>
            <h3>{t("classes.review.context")}</h3>
            <Spoken turns={found.turns} marked={flag.turn_id} />
          </>
        )}
      </Loaded>
      <Handle flag={flag} onChange={onChange} />
    </div>
  );
}

function Handle({ flag, onChange }: Props) {
  const { t } = useTranslation();
  const text = useErrorText();
  const [note, setNote] = useState(flag.note);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const field = useId();

  async function mark(status: FlagBrief["status"]) {
    setBusy(true);
    setTrouble("");
    try {
      onChange(await api.review.change(flag.id, { status, note }));
    } catch (error) {
      setTrouble(text(error).text);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="flag-handle">
      <div className="field">
        <label htmlFor={field}>{t("classes.review.note")}</label>
        <textarea
          id={field}
          className="input"
          rows={2}
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
        <Button look="primary" disabled={busy} onClick={() => void mark("solved")}>
          {t("classes.review.markSolved")}
        </Button>
        <Button disabled={busy} onClick={() => void mark("seen")}>
          {t("classes.review.markSeen")}
        </Button>
        {flag.status !== "open" && (
          <Button look="plain" disabled={busy} onClick={() => void mark("open")}>
            {t("classes.review.reopen")}
          </Button>
        )}
      </div>
    </div>
  );
}
