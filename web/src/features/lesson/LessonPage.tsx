import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, type Id, type LessonBody, type Person, type RtcConfig } from "../../api";
import { Lesson, type LessonRecord } from "../../realtime";
import { paths } from "../../routes/paths";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { usePerson, useSession } from "../session/session";
import { takeOver } from "./handoff";
import { LessonRoom } from "./LessonRoom";
import { joinPages } from "./pages";
import { chosenTalk } from "./preferences";
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
  const [body, rtc] = await Promise.all([takeOver(id) ?? resumed(id), api.gateway.webrtcConfig()]);
  return { body, rtc };
}

const resumed = async (id: Id) => (await api.lessons.resume(id)).lesson;

export function LessonPage() {
  const { id = "" } = useParams();
  const { t } = useTranslation();
  const load = useCallback(() => open(id), [id]);
  const [opened, again] = useResource(load);
  useTitle(t("lesson.opening"));
  if (opened.state === "ready") return <LiveLesson key={id} opened={opened.value} />;
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

function rtcOf({ iceServers, iceTransportPolicy }: RtcConfig): RTCConfiguration {
  return {
    iceTransportPolicy,
    iceServers: iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...(username ? { username } : {}),
      ...(credential ? { credential } : {}),
    })),
  };
}

function lessonOf({ body, rtc }: Opened, person: Person, signedOut: () => void): Lesson {
  const lesson = new Lesson({
    address: {
      userId: person.id,
      lessonId: body.id,
      engineSessionId: body.engine_session_id ?? "",
    },
    turns: body.turns,
    rtc: rtcOf(rtc),
    socketUrl: api.socketUrl(person.id),
    reload: async () => recordOf((await api.lessons.one(body.id)).lesson),
    resume: async () => recordOf(await resumed(body.id)),
    signedOut,
  });
  const usual = body.tutor.push_to_talk ? "hold" : "open";
  lesson.microphone.setMode(chosenTalk(person.id) ?? usual);
  return lesson;
}

function LiveLesson({ opened }: { opened: Opened }) {
  const person = usePerson();
  const { expired } = useSession();
  const [lesson, setLesson] = useState<Lesson | null>(null);

  useEffect(() => {
    const made = lessonOf(opened, person, expired);
    made.open();
    setLesson(made);
    const leavePages = joinPages(String(person.id), () => made.yieldMedia());
    return () => {
      leavePages();
      made.close();
    };
  }, [opened, person, expired]);

  return lesson && <LessonRoom lesson={lesson} body={opened.body} personId={person.id} />;
}
