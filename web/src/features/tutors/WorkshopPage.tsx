import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type WorkTutor } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { Poster } from "../../ui/Poster";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { places } from "./places";
import { StateBadge } from "./StateBadge";
import "./tutors.css";

const SHOWN = ["all", "draft", "published", "archived"] as const;
type Shown = (typeof SHOWN)[number];

const load = async () => (await api.workshop.every()).tutors;

/** The tutors that I may change. */
export default function WorkshopPage() {
  const { t } = useTranslation();
  const [tutors, again] = useResource(load);
  useTitle(t("tutors.title"));
  return (
    <>
      <div className="page-head work-head">
        <div>
          <h1>{t("tutors.title")}</h1>
          <p>{t("tutors.lead")}</p>
        </div>
        <Link className="button button-primary" to={places.newTutor} data-testid="new-tutor">
          <Icon name="plus" />
          {t("tutors.new")}
        </Link>
      </div>
      <Loaded resource={tutors} again={again}>
        {(found) => <Shelf tutors={found} />}
      </Loaded>
    </>
  );
}

function Shelf({ tutors }: { tutors: readonly WorkTutor[] }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>("all");
  if (tutors.length === 0) {
    return (
      <div className="empty">
        <h2>{t("tutors.emptyTitle")}</h2>
        <p>{t("tutors.empty")}</p>
        <Link className="button button-primary" to={places.newTutor}>
          {t("tutors.new")}
        </Link>
      </div>
    );
  }
  const fits = ({ state }: WorkTutor) => (shown === "all" ? state !== "archived" : state === shown);
  const found = tutors.filter(fits);
  return (
    <>
      <fieldset className="work-filters">
        <legend className="hidden-text">{t("tutors.show")}</legend>
        {SHOWN.map((name) => (
          <Button key={name} aria-pressed={shown === name} onClick={() => setShown(name)}>
            {t(`tutors.shown.${name}`)}
          </Button>
        ))}
      </fieldset>
      {found.length === 0 ? (
        <p className="waiting">{t("tutors.noneHere")}</p>
      ) : (
        <ul className="work-list" data-testid="work-tutors">
          {found.map((tutor) => (
            <li key={tutor.id}>
              <Row tutor={tutor} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ tutor }: { tutor: WorkTutor }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  return (
    <Link className="work-row" to={places.tutor(tutor.id)} data-testid="work-tutor">
      <span className="work-face">
        <Poster name={tutor.name} url={tutor.poster_url} />
      </span>
      <span className="work-words">
        <strong>{tutor.name}</strong>
        <span className="soft">
          {[tutor.subject, t(`common.languageName.${tutor.language}`)].filter(Boolean).join(" · ")}
        </span>
        <span className="soft small">
          {tutor.mine || tutor.owner === "" ? "" : `${tutor.owner} · `}
          {t("tutors.changedAt", { day: day(tutor.changed_at) })}
        </span>
      </span>
      <StateBadge state={tutor.state} changed={tutor.changed && tutor.version > 0} />
    </Link>
  );
}
