import { type FormEvent, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, type Conversation } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { useErrorText } from "../../ui/useErrorText";
import { useFormats } from "../../ui/useFormats";
import { useTitle } from "../../ui/useTitle";
import { addresses } from "../classes/addresses";
import { useFresh } from "../classes/useFresh";
import { useNews } from "../classes/useNews";
import { Spoken } from "./Spoken";
import "../classes/classes.css";
import "./review.css";

const RENEW_MS = 10_000;

/** A student's lesson as staff read it. While it goes on, the student sees who reads, and the reader may write. */
export default function ConversationPage() {
  const { id = "" } = useParams();
  const { t } = useTranslation();
  const load = useCallback(() => api.review.conversation(id), [id]);
  const { resource, refresh } = useFresh(load);
  useTitle(t("classes.review.conversation"));
  const live = resource.state === "ready" && resource.value.live;
  usePresence(id, live);
  useNews("wall", () => {
    if (live) refresh();
  });
  return (
    <>
      <Link className="back" to={live ? addresses.wall : "/review"}>
        <Icon name="back" size={18} />
        {t("classes.review.back")}
      </Link>
      <Loaded resource={resource} again={refresh}>
        {(shown) => <Whole shown={shown} refresh={refresh} />}
      </Loaded>
    </>
  );
}

/** Be here, visibly, for as long as the page is open. */
function usePresence(lessonId: string, live: boolean): void {
  useEffect(() => {
    if (!live) return;
    // A renewal that is lost is made up for by the next one.
    const renew = () => void api.wall.visit(lessonId).catch(() => undefined);
    renew();
    const timer = setInterval(renew, RENEW_MS);
    return () => {
      clearInterval(timer);
      void api.wall.leave(lessonId).catch(() => undefined);
    };
  }, [lessonId, live]);
}

function Whole({ shown, refresh }: { shown: Conversation; refresh: () => void }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const names = { student: shown.student.name, tutor: shown.tutor_name };
  return (
    <div className="conversation">
      <div className="page-head">
        <h1>{t("classes.review.conversationOf", names)}</h1>
        <p>{[day(shown.started_at), ...shown.classes].join(" · ")}</p>
      </div>
      {shown.live ? (
        <p className="remark" role="status">
          {t("classes.review.live")} {t("classes.wall.seen", { name: shown.student.name })}
        </p>
      ) : (
        <p className="remark">{t("classes.review.audited")}</p>
      )}
      <Spoken turns={shown.turns} />
      {shown.live && (
        <Write lessonId={shown.lesson_id} name={shown.student.name} onSent={refresh} />
      )}
    </div>
  );
}

interface WriteProps {
  lessonId: string;
  name: string;
  onSent: () => void;
}

function Write({ lessonId, name, onSent }: WriteProps) {
  const { t } = useTranslation();
  const text = useErrorText();
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");

  async function send() {
    setBusy(true);
    setTrouble("");
    try {
      await api.wall.write(lessonId, { content: words });
      setWords("");
      onSent();
    } catch (error) {
      setTrouble(text(error).text);
    } finally {
      setBusy(false);
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!busy && words.trim() !== "") void send();
  }

  return (
    <form className="panel write" onSubmit={submit}>
      <div className="field">
        <label htmlFor="write">{t("classes.wall.message", { name })}</label>
        <textarea
          id="write"
          className="input"
          rows={2}
          maxLength={1000}
          value={words}
          aria-describedby="write-hint"
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      <p id="write-hint" className="small soft">
        {t("classes.wall.messageHint", { name })}
      </p>
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      <div className="form-actions">
        <Button look="primary" icon="send" type="submit" disabled={busy || words.trim() === ""}>
          {t("classes.wall.send")}
        </Button>
      </div>
    </form>
  );
}
