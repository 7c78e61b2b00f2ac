import { type FormEvent, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, type ClassBrief } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Failed, Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { usePerson } from "../session/session";
import { addresses } from "./addresses";
import "./classes.css";

/** The classes a person leads or learns in. */
export default function Classes() {
  const { t } = useTranslation();
  const staff = usePerson().role !== "student";
  const [archived, setArchived] = useState(false);
  const [making, setMaking] = useState(false);
  const load = useCallback(async () => (await api.classes.every({ archived })).classes, [archived]);
  const [classes, again] = useResource(load);
  useTitle(t("classes.list.title"));
  return (
    <>
      <div className="page-head head-with-action">
        <div>
          <h1>{t("classes.list.title")}</h1>
          <p>{t(staff ? "classes.list.lead" : "classes.list.leadStudent")}</p>
        </div>
        {staff ? (
          !making && (
            <Button look="primary" onClick={() => setMaking(true)} data-testid="new-class">
              {t("classes.list.new")}
            </Button>
          )
        ) : (
          <Link className="button button-primary" to={paths.join}>
            {t("classes.list.join")}
          </Link>
        )}
      </div>
      {making && <NewClass onClose={() => setMaking(false)} />}
      <Loaded resource={classes} again={again}>
        {(found) => (found.length === 0 ? <NoClasses staff={staff} /> : <Cards classes={found} />)}
      </Loaded>
      {staff && (
        <label className="tick archived-tick">
          <input type="checkbox" checked={archived} onChange={() => setArchived(!archived)} />
          {t("classes.list.showArchived")}
        </label>
      )}
    </>
  );
}

function NoClasses({ staff }: { staff: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="empty">
      <h2>{t("classes.list.emptyTitle")}</h2>
      <p>{t(staff ? "classes.list.empty" : "classes.list.emptyStudent")}</p>
    </div>
  );
}

function Cards({ classes }: { classes: readonly ClassBrief[] }) {
  return (
    <ul className="class-cards" data-testid="classes">
      {classes.map((each) => (
        <li key={each.id} className="class-card">
          <ClassCard shown={each} />
        </li>
      ))}
    </ul>
  );
}

function ClassCard({ shown }: { shown: ClassBrief }) {
  const { t } = useTranslation();
  const led = shown.student_count !== null;
  const tutors = shown.tutors.map((tutor) => tutor.name).join(", ");
  return (
    <>
      <h2>{led ? <Link to={addresses.class(shown.id)}>{shown.name}</Link> : shown.name}</h2>
      <p className="soft">
        {[shown.term, shown.teachers.map((teacher) => teacher.name).join(", ")]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <p className="class-facts">
        {shown.student_count !== null && (
          <span>{t("classes.list.students", { count: shown.student_count })}</span>
        )}
        <span>{tutors || t("classes.list.noTutors")}</span>
      </p>
    </>
  );
}

function NewClass({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ error: unknown } | null>(null);

  async function make(form: FormData) {
    setBusy(true);
    setFailure(null);
    try {
      const made = await api.classes.create({
        name: String(form.get("name")),
        term: String(form.get("term")),
        language: form.get("language") === "zh" ? "zh" : "en",
      });
      await navigate(addresses.class(made.id));
    } catch (error) {
      setFailure({ error });
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!busy) void make(new FormData(event.currentTarget));
  }

  return (
    <form className="panel form-row" onSubmit={submit} aria-label={t("classes.list.new")}>
      <div className="field">
        <label htmlFor="class-name">{t("classes.list.name")}</label>
        <input
          id="class-name"
          name="name"
          className="input"
          required
          maxLength={120}
          placeholder={t("classes.list.namePlaceholder")}
          // biome-ignore lint/a11y/noAutofocus: the person has just asked for this form
          autoFocus
        />
      </div>
      <div className="field">
        <label htmlFor="class-term">{t("classes.list.term")}</label>
        <input
          id="class-term"
          name="term"
          className="input"
          maxLength={60}
          placeholder={t("classes.list.termPlaceholder")}
        />
      </div>
      <div className="field">
        <label htmlFor="class-language">{t("classes.list.language")}</label>
        <select
          id="class-language"
          name="language"
          className="input"
          defaultValue={i18n.language === "zh" ? "zh" : "en"}
        >
          <option value="en">{t("common.languageName.en")}</option>
          <option value="zh">{t("common.languageName.zh")}</option>
        </select>
      </div>
      <div className="form-actions">
        <Button look="primary" type="submit" disabled={busy}>
          {t("classes.list.create")}
        </Button>
        <Button look="plain" onClick={onClose}>
          {t("common.cancel")}
        </Button>
      </div>
      {failure && <Failed error={failure.error} again={() => setFailure(null)} />}
    </form>
  );
}
