import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useParams } from "react-router";
import { api, type LessonBody } from "../../api";
import type { Citation } from "../../protocol";
import { fromRecord } from "../../realtime";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { useFormats } from "../../ui/useFormats";
import { useNarrow } from "../../ui/useMedia";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { DocumentPanel } from "../document/DocumentPanel";
import { ProblemSheet } from "../lesson/ProblemSheet";
import { TurnView } from "../lesson/TurnView";
import { Recordings } from "./Recordings";
import { Summary } from "./Summary";
import { TakeAlong } from "./TakeAlong";
import "../lesson/chat.css";
import "../lesson/sheets.css";
import "./history.css";

/** What was said and heard in one lesson. */
export function LessonRecord() {
  const { id = "" } = useParams();
  const { t } = useTranslation();
  const load = useCallback(async () => (await api.lessons.one(id)).lesson, [id]);
  const [lesson, again] = useResource(load);
  useTitle(t("history.title"));
  return (
    <>
      <Link className="back" to={paths.history}>
        <Icon name="back" size={18} />
        {t("history.back")}
      </Link>
      <Loaded resource={lesson} again={again}>
        {(found) => <Record lesson={found} />}
      </Loaded>
    </>
  );
}

function Record({ lesson }: { lesson: LessonBody }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const narrow = useNarrow();
  const [open, setOpen] = useState<Citation | null>(null);
  const turns = useMemo(() => lesson.turns.map(fromRecord), [lesson]);
  const [reporting, setReporting] = useState(false);
  const { hash } = useLocation();
  const close = () => setOpen(null);

  useEffect(() => {
    // Who comes from a search or from what they know wants to see the very place.
    if (hash.startsWith("#turn-")) document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash]);

  const panel = open && <DocumentPanel citation={open} onClose={close} />;

  return (
    <div className={open && !narrow ? "record record-with-source" : "record"}>
      <div>
        <div className="page-head">
          <h1>{t("history.record", { name: lesson.tutor.name })}</h1>
          <p>
            {lesson.tutor.subject} ·{" "}
            <time dateTime={lesson.started_at}>{day(lesson.started_at)}</time>
          </p>
        </div>
        <Summary lesson={lesson} onCite={setOpen} />
        <Recordings lessonId={lesson.id} />
        {turns.length === 0 ? (
          <p className="waiting">{t("history.noTurns")}</p>
        ) : (
          <ol className="turns" aria-label={t("chat.title")}>
            {turns.map((turn, index) => (
              <TurnView
                key={turn.key}
                anchor={turn.key.replace("r:", "turn-")}
                turn={turn}
                tutor={lesson.tutor.name}
                onCite={setOpen}
                opened={open}
                answer={turns[index + 1]?.text ?? null}
              />
            ))}
          </ol>
        )}
        <div className="record-foot">
          <Link className="button button-primary" to={paths.lesson(lesson.id)}>
            {t("history.continueButton")}
          </Link>
          <Button icon="warning" onClick={() => setReporting(true)} data-testid="problem">
            {t("learning.problem.open")}
          </Button>
        </div>
        {turns.length > 0 && <TakeAlong lessonId={lesson.id} />}
        {reporting && <ProblemSheet lessonId={lesson.id} onClose={() => setReporting(false)} />}
      </div>
      {panel && !narrow && <div className="record-source">{panel}</div>}
      {panel && narrow && (
        <Sheet kind="sheet" label={t("document.label", { title: open.title })} onClose={close}>
          {panel}
        </Sheet>
      )}
    </div>
  );
}
