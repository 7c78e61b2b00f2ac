import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, type Id, type LessonBody, type Person, type RtcConfig } from "../../api";
import { type Connection, Lesson, type LessonRecord } from "../../realtime";
import { paths } from "../../routes/paths";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { usePerson, useSession } from "../session/session";
import { takeOver } from "./handoff";
import { LessonRoom } from "./LessonRoom";
import { chosenTalk } from "./preferences";
import { giveBack, rtcConfig, takeConnection } from "./presence";
import "./captions.css";
import "./chat.css";
import "./controls.css";
import "./lesson.css";
import "./stage.css";

interface Opened {
  body: LessonBody;
  rtc: RtcConfig;
}

async function open(id: Id): Promise<Opened> {
  const [body, rtc] = await Promise.all([takeOver(id) ?? resumed(id), rtcConfig()]);
  return { body, rtc };
}

const resumed = async (id: Id) => (await api.lessons.resume(id)).lesson;

export function LessonPage() {
  const { id = "" } = useParams();
  const { t } = useTranslation();
  const load = useCallback(() => open(id), [id]);
  const [opened, again] = useResource(load);
  // Who turns to another tutor keeps the room until the other one is there.
  const last = useRef<Opened | null>(null);
  if (opened.state === "ready") last.current = opened.value;
  useTitle(t("lesson.opening"));
  if (opened.state !== "failed" && last.current !== null) {
    return <LiveLesson key={last.current.body.id} opened={last.current} />;
  }
  return (
    <main className="page">
      <Link className="back" to={paths.home}>
        <Icon name="back" size={18} />
        {t("lesson.back")}
      </Link>
      <Loaded resource={opened} again={again}>
        {() => null}
      </Loaded>
    </main>
  );
}

const recordOf = (body: LessonBody): LessonRecord => ({
  engineSessionId: body.engine_session_id ?? "",
  turns: body.turns,
});

function lessonOf(body: LessonBody, person: Person, connection: Connection): Lesson {
  const lesson = new Lesson(
    {
      address: {
        userId: person.id,
        lessonId: body.id,
        engineSessionId: body.engine_session_id ?? "",
      },
      turns: body.turns,
      reload: async () => recordOf((await api.lessons.one(body.id)).lesson),
      resume: async () => recordOf(await resumed(body.id)),
    },
    connection,
  );
  const usual = body.tutor.push_to_talk ? "hold" : "open";
  lesson.microphone.setMode(chosenTalk(person.id) ?? usual);
  return lesson;
}

function LiveLesson({ opened }: { opened: Opened }) {
  const person = usePerson();
  const { expired } = useSession();
  const [lesson, setLesson] = useState<Lesson | null>(null);

  useEffect(() => {
    const connection = takeConnection(person.id, opened.rtc, expired);
    const made = lessonOf(opened.body, person, connection);
    made.open();
    setLesson(made);
    return () => {
      made.close();
      giveBack();
    };
  }, [opened, person, expired]);

  return lesson && <LessonRoom lesson={lesson} body={opened.body} personId={person.id} />;
}
