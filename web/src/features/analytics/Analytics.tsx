import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, type Overview } from "../../api";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { addresses } from "../classes/addresses";
import { usePerson } from "../session/session";
import { Bars } from "./Bars";
import { Days } from "./Days";
import { DropOffs } from "./DropOffs";
import { Mastery } from "./Mastery";
import { Questions } from "./Questions";
import { Tiles } from "./Tiles";
import type { Wish } from "./wish";
import { since } from "./wish";
import "../classes/classes.css";
import "./analytics.css";

const SPANS = [7, 28, 90, 365] as const;
const USUAL = 28;
const myClasses = async () => (await api.classes.every()).classes;

/** How lessons go and what is asked: pictures first, each with its table. */
export default function Analytics() {
  const { t } = useTranslation();
  const admin = usePerson().role === "admin";
  const [query, setQuery] = useSearchParams();
  const [span, setSpan] = useState<number>(USUAL);
  const [classes] = useResource(myClasses);
  const classId = query.get("class") ?? "";
  useTitle(t("classes.analytics.title"));
  return (
    <>
      <div className="page-head">
        <h1>{t("classes.analytics.title")}</h1>
        <p>{t("classes.analytics.lead")}</p>
      </div>
      <div className="chooser">
        <div className="field">
          <label htmlFor="insights-class">{t("classes.analytics.class")}</label>
          <select
            id="insights-class"
            className="input"
            value={classId}
            onChange={({ target }) =>
              setQuery(target.value === "" ? {} : { class: target.value }, { replace: true })
            }
          >
            <option value="">
              {t(admin ? "classes.analytics.school" : "classes.analytics.all")}
            </option>
            {classes.state === "ready" &&
              classes.value.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="insights-days">{t("classes.analytics.days")}</label>
          <select
            id="insights-days"
            className="input"
            value={span}
            onChange={({ target }) => setSpan(Number(target.value))}
          >
            {SPANS.map((days) => (
              <option key={days} value={days}>
                {t("classes.analytics.last", { count: days })}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Counts key={`${classId} ${span}`} classId={classId} span={span} />
    </>
  );
}

function Counts({ classId, span }: { classId: string; span: number }) {
  const [wish] = useState<Wish>(() => ({ class_id: classId || null, since: since(span) }));
  const load = useCallback(() => api.analytics.overview(wish), [wish]);
  const [counts, again] = useResource(load);
  return (
    <Loaded resource={counts} again={again}>
      {(shown) => <Whole shown={shown} wish={wish} />}
    </Loaded>
  );
}

function Whole({ shown, wish }: { shown: Overview; wish: Wish }) {
  const { t } = useTranslation();
  const [topic, setTopic] = useState<{ name: string; answered: boolean } | null>(null);
  if (shown.lessons === 0 && shown.sources.length === 0) {
    return (
      <div className="empty">
        <h2>{t("classes.analytics.emptyTitle")}</h2>
        <p>{t("classes.analytics.empty")}</p>
        <Link className="button button-quiet" to={addresses.classes}>
          {t("classes.wall.step")}
        </Link>
      </div>
    );
  }
  return (
    <div className="insights">
      <Tiles shown={shown} />
      {shown.hidden > 0 && (
        <p className="remark wide">{t("classes.analytics.hidden", { count: shown.hidden })}</p>
      )}
      <Days shown={shown} wish={wish} />
      <Bars
        part="topics"
        title={t("classes.analytics.topics")}
        lead={t("classes.analytics.topicsLead")}
        lines={shown.topics}
        wish={wish}
        onOpen={(name) => setTopic({ name, answered: true })}
      />
      <Bars
        part="unanswered"
        title={t("classes.analytics.unanswered")}
        lead={t("classes.analytics.unansweredLead")}
        lines={shown.unanswered}
        wish={wish}
        tone="warn"
        onOpen={(name) => setTopic({ name, answered: false })}
      />
      <Bars
        part="sources"
        title={t("classes.analytics.sources")}
        lines={shown.sources}
        wish={wish}
      />
      {shown.inside && (
        <Bars
          part="students"
          title={t("classes.analytics.students")}
          lines={shown.students}
          wish={wish}
          measure="minutes"
        />
      )}
      {wish.class_id === null && (
        <Bars
          part="classes"
          title={t("classes.analytics.classes")}
          lines={shown.classes}
          wish={wish}
          measure="minutes"
        />
      )}
      <Bars
        part="tutors"
        title={t("classes.analytics.tutors")}
        lines={shown.tutors}
        wish={wish}
        measure="minutes"
      />
      <DropOffs shown={shown} wish={wish} />
      {wish.class_id !== null && <Mastery shown={shown} wish={wish} />}
      {topic && <Questions topic={topic} wish={wish} onClose={() => setTopic(null)} />}
    </div>
  );
}
