import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, type Id, type LessonBody } from "../../api";
import type { Citation } from "../../protocol";
import type { Lesson } from "../../realtime";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Sheet } from "../../ui/Sheet";
import { useNarrow } from "../../ui/useMedia";
import { useStore } from "../../ui/useStore";
import { useTitle } from "../../ui/useTitle";
import { Company } from "../classes/Company";
import { DocumentPanel } from "../document/DocumentPanel";
import { sounding } from "../document/sounding";
import { ModeChip } from "../teaching/ModeChip";
import { CaptionBoard } from "./CaptionBoard";
import { ChatPanel } from "./ChatPanel";
import { Controls } from "./Controls";
import { LessonNotice } from "./LessonNotice";
import { ProblemSheet } from "./ProblemSheet";
import { preferences } from "./preferences";
import { RecordingMark, RecordingQuestion } from "./RecordingQuestion";
import { SettingsCard } from "./SettingsCard";
import { Stage } from "./Stage";
import { StartCard } from "./StartCard";
import { Switcher } from "./Switcher";
import { useKeys } from "./useKeys";
import { useLettingGo } from "./useLettingGo";
import { useRecording } from "./useRecording";
import "./sheets.css";

const CheckSheet = lazy(() => import("../check/CheckSheet"));

interface Props {
  lesson: Lesson;
  body: LessonBody;
  personId: Id;
}

/** The lesson as it is drawn: face, captions, controls, and the conversation beside them. */
export function LessonRoom({ lesson, body, personId }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const started = useStore(lesson.started);
  const away = useStore(lesson.status) === "elsewhere";
  const { captions } = useStore(preferences);
  const [source, setSource] = useState<Citation | null>(null);
  const [sheet, setSheet] = useState<"none" | "settings" | "check" | "switch" | "problem">("none");
  /** How often the student wished to type; 0 keeps the question box folded on a phone. */
  const [typing, setTyping] = useState(0);
  const [mode, setMode] = useState(body.mode);
  const recording = useRecording(lesson, body.id);
  const { name } = body.tutor;
  useTitle(t("lesson.title", { name }));
  useLettingGo(lesson);
  useKeys(lesson, sheet === "none" && !(source !== null && narrow));

  const leave = useCallback(() => {
    // The record stays in any case; the engine ends forgotten lessons by itself.
    api.lessons.end(body.id).catch(() => undefined);
    void navigate(paths.record(body.id));
  }, [navigate, body.id]);
  const cite = useCallback(
    (citation: Citation) => {
      setSource(citation);
      const { document, page } = citation;
      // A teacher sees which sources help; nothing hangs on it.
      api.analytics.opened(body.id, { document, page }).catch(() => undefined);
    },
    [body.id],
  );
  // An open source follows the voice.
  const spokenOf = sounding(useStore(lesson.scene.chat.turns));
  useEffect(() => {
    if (spokenOf) setSource((open) => open && spokenOf);
  }, [spokenOf]);
  const closeSource = useCallback(() => setSource(null), []);
  const closeSheet = useCallback(() => setSheet("none"), []);
  const check = useCallback(() => setSheet("check"), []);
  const wishTyping = () => setTyping((before) => before + 1);
  const panel = source && <DocumentPanel citation={source} onClose={closeSource} />;

  return (
    <div className={source && !narrow ? "room room-with-source" : "room"} data-testid="lesson">
      <header className="room-bar">
        <Button look="plain" icon="back" iconOnly onClick={() => void navigate(paths.home)}>
          {t("lesson.back")}
        </Button>
        <h1 className="room-title">
          {name}
          <span className="room-subject">{body.tutor.subject}</span>
        </h1>
        <Button
          look="plain"
          icon="bubbles"
          iconOnly
          onClick={() => setSheet("switch")}
          aria-haspopup="dialog"
          data-testid="switcher"
        >
          {t("learning.switch.open")}
        </Button>
        <Button
          look="plain"
          icon="settings"
          iconOnly
          onClick={() => setSheet("settings")}
          data-testid="settings"
        >
          {t("lesson.settings")}
        </Button>
        <Button onClick={leave} data-testid="leave">
          {t("lesson.leave")}
        </Button>
      </header>
      <main className="room-main">
        <Stage
          lesson={lesson}
          tutor={body.tutor}
          corner={
            <>
              <ModeChip
                lessonId={body.id}
                mode={mode}
                usual={body.tutor.mode}
                onChanged={setMode}
              />
              <RecordingMark recording={recording} />
            </>
          }
        />
        {captions && (started || !narrow) && <CaptionBoard lesson={lesson} tutor={name} />}
        {/* On a phone the way into the lesson comes first. */}
        {(started || !narrow) && <RecordingQuestion recording={recording} />}
        <Company lessonId={body.id} />
        <LessonNotice lesson={lesson} onTyping={wishTyping} onCheck={check} onLeave={leave} />
        {!started && !away && (
          <StartCard lesson={lesson} tutor={body.tutor} onTyping={wishTyping} onCheck={check} />
        )}
        {started && !away && (
          <Controls
            lesson={lesson}
            tutor={body.tutor}
            personId={personId}
            typing={typing}
            onTyping={setTyping}
          />
        )}
      </main>
      <aside className="room-side">
        <ChatPanel
          lesson={lesson}
          tutor={body.tutor}
          onCite={cite}
          opened={source}
          hidden={panel !== null && !narrow}
        />
        {panel && !narrow && <div className="room-source">{panel}</div>}
      </aside>
      {panel && narrow && (
        <Sheet
          kind="sheet"
          label={t("document.label", { title: source.title })}
          onClose={closeSource}
        >
          {panel}
        </Sheet>
      )}
      {sheet === "settings" && (
        <SettingsCard onClose={closeSheet} onCheck={check} onProblem={() => setSheet("problem")} />
      )}
      {sheet === "switch" && <Switcher lessonId={body.id} onClose={closeSheet} />}
      {sheet === "problem" && (
        <ProblemSheet lessonId={body.id} lesson={lesson} onClose={closeSheet} />
      )}
      {sheet === "check" && (
        <Suspense fallback={null}>
          <CheckSheet lesson={lesson} onClose={closeSheet} />
        </Suspense>
      )}
    </div>
  );
}
