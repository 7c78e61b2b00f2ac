import { type FormEvent, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, type ClassView } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { useErrorText } from "../../ui/useErrorText";
import { useFormats } from "../../ui/useFormats";
import { useTitle } from "../../ui/useTitle";
import { addresses } from "./addresses";
import { Choice } from "./Choice";
import { CodePanel } from "./CodePanel";
import { useFresh } from "./useFresh";
import "./classes.css";

const tutorsToChoose = async () => (await api.tutors.every()).tutors;
const staffToChoose = async () => (await api.classes.staff()).people;

/** One class, for those who lead it. */
export default function ClassPage() {
  const { id = "" } = useParams();
  const { t } = useTranslation();
  const load = useCallback(() => api.classes.one(id), [id]);
  const { resource, refresh, show } = useFresh(load);
  useTitle(resource.state === "ready" ? resource.value.name : t("classes.list.title"));
  return (
    <>
      <Link className="back" to={addresses.classes}>
        <Icon name="back" size={18} />
        {t("classes.page.back")}
      </Link>
      <Loaded resource={resource} again={refresh}>
        {(shown) => <Whole shown={shown} show={show} />}
      </Loaded>
    </>
  );
}

function Whole({ shown, show }: { shown: ClassView; show: (value: ClassView) => void }) {
  const { t } = useTranslation();
  const text = useErrorText();
  const [trouble, setTrouble] = useState("");

  const act = useCallback(
    async (doing: Promise<ClassView>) => {
      setTrouble("");
      try {
        show(await doing);
      } catch (error) {
        setTrouble(text(error).text);
      }
    },
    [show, text],
  );

  return (
    <>
      <div className="page-head head-with-action">
        <div>
          <h1>{shown.name}</h1>
          <p>
            {[shown.term, t("classes.list.students", { count: shown.students.length })]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        <Link className="button button-quiet" to={addresses.insights(shown.id)}>
          <Icon name="pulse" />
          {t("classes.page.analytics")}
        </Link>
      </div>
      {!shown.mine && <p className="remark">{t("classes.page.guest")}</p>}
      {shown.archived && <p className="remark">{t("classes.page.isArchived")}</p>}
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      <div className="class-page">
        <div className="stack">
          {!shown.archived && <CodePanel shown={shown} act={act} />}
          <Students shown={shown} act={act} />
        </div>
        <div className="stack">
          <Choice
            key={`tutors ${shown.tutors.map(({ id }) => id)}`}
            title={t("classes.page.tutors")}
            lead={t("classes.page.tutorsLead")}
            empty={t("classes.page.noTutors")}
            load={tutorsToChoose}
            chosen={shown.tutors}
            save={(ids) => act(api.classes.setTutors(shown.id, { tutor_ids: ids }))}
          />
          <Choice
            key={`teachers ${shown.teachers.map(({ id }) => id)}`}
            title={t("classes.page.teachers")}
            load={staffToChoose}
            chosen={shown.teachers}
            atLeastOne
            save={(ids) => act(api.classes.setTeachers(shown.id, { person_ids: ids }))}
          />
          <Settings shown={shown} act={act} />
          <Archive shown={shown} act={act} />
        </div>
      </div>
    </>
  );
}

interface Part {
  shown: ClassView;
  act(doing: Promise<ClassView>): Promise<void>;
}

function Students({ shown, act }: Part) {
  const { t } = useTranslation();
  const { day } = useFormats();

  function remove(personId: string, name: string) {
    if (!window.confirm(t("classes.page.removeSure", { name }))) return;
    const done = api.classes.removeStudent(shown.id, personId);
    void act(done.then(() => api.classes.one(shown.id)));
  }

  return (
    <section className="panel">
      <h2>{t("classes.page.students")}</h2>
      {shown.students.length === 0 ? (
        <p className="soft">{t("classes.page.noStudents")}</p>
      ) : (
        <ul className="rows" data-testid="students">
          {shown.students.map((student) => (
            <li key={student.id} className="member">
              <span className="row-words">
                <strong>{student.name}</strong>
                <span className="soft small">
                  {student.username} · {t("classes.page.joined", { day: day(student.joined_at) })}
                </span>
              </span>
              <Button
                look="plain"
                aria-label={t("classes.page.remove", { name: student.name })}
                onClick={() => remove(student.id, student.name)}
              >
                {t("classes.page.removeShort")}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Settings({ shown, act }: Part) {
  const { t } = useTranslation();
  const [name, setName] = useState(shown.name);
  const [term, setTerm] = useState(shown.term);
  const changed = name.trim() !== shown.name || term.trim() !== shown.term;

  function submit(event: FormEvent) {
    event.preventDefault();
    void act(api.classes.change(shown.id, { name, term }));
  }

  return (
    <form className="panel" onSubmit={submit}>
      <h2>{t("classes.page.settings")}</h2>
      <div className="field">
        <label htmlFor="rename">{t("classes.list.name")}</label>
        <input
          id="rename"
          className="input"
          required
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="reterm">{t("classes.list.term")}</label>
        <input
          id="reterm"
          className="input"
          maxLength={60}
          value={term}
          onChange={(event) => setTerm(event.target.value)}
        />
      </div>
      {changed && (
        <div className="form-actions">
          <Button look="primary" type="submit">
            {t("classes.page.saveChoice")}
          </Button>
        </div>
      )}
    </form>
  );
}

function Archive({ shown, act }: Part) {
  const { t } = useTranslation();
  const archived = !shown.archived;
  return (
    <section>
      <Button
        look="plain"
        onClick={() => {
          if (archived && !window.confirm(t("classes.page.archiveSure"))) return;
          void act(api.classes.change(shown.id, { archived }));
        }}
      >
        {t(archived ? "classes.page.archive" : "classes.page.reopen")}
      </Button>
    </section>
  );
}
