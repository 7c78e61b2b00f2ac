import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, type LibraryBrief } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { NamingForm } from "../tutors/NamingForm";
import { places } from "../tutors/places";
import { readable } from "./sizes";
import "../tutors/tutors.css";
import "./library.css";

const load = async () => (await api.libraries.every()).libraries;

/** The libraries of the school. */
export default function LibrariesPage() {
  const { t } = useTranslation();
  const [libraries, again] = useResource(load);
  const [making, setMaking] = useState(false);
  useTitle(t("library.title"));
  return (
    <>
      <div className="page-head work-head">
        <div>
          <h1>{t("library.title")}</h1>
          <p>{t("library.lead")}</p>
        </div>
        <Button
          look="primary"
          icon="plus"
          onClick={() => setMaking(true)}
          data-testid="new-library"
        >
          {t("library.new")}
        </Button>
      </div>
      <Loaded resource={libraries} again={again}>
        {(found) =>
          found.length === 0 ? (
            <div className="empty">
              <h2>{t("library.emptyTitle")}</h2>
              <p>{t("library.empty")}</p>
              <Button look="primary" onClick={() => setMaking(true)}>
                {t("library.new")}
              </Button>
            </div>
          ) : (
            <ul className="work-list" data-testid="libraries">
              {found.map((library) => (
                <li key={library.id}>
                  <Row library={library} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {making && <NewLibrary onClose={() => setMaking(false)} />}
    </>
  );
}

function Row({ library }: { library: LibraryBrief }) {
  const { t } = useTranslation();
  const facts = [
    t("library.documents", { count: library.documents }),
    library.pages > 0 ? t("library.pages", { count: library.pages }) : null,
    library.size_bytes > 0 ? readable(library.size_bytes) : null,
    t(`common.languageName.${library.language}`),
  ];
  return (
    <Link className="work-row" to={places.library(library.id)} data-testid="library-row">
      <span className="work-face work-icon">
        <Icon name="document" size={28} />
      </span>
      <span className="work-words">
        <strong>{library.name}</strong>
        <span className="soft">{facts.filter(Boolean).join(" · ")}</span>
        {library.tutors.length > 0 && (
          <span className="soft small">
            {t("library.usedBy", { names: library.tutors.map(({ name }) => name).join(", ") })}
          </span>
        )}
      </span>
    </Link>
  );
}

function NewLibrary({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Sheet kind="card" label={t("library.new")} onClose={onClose}>
      <NamingForm
        className="sheet-body"
        heading={<h2>{t("library.new")}</h2>}
        nameLabel={t("library.name")}
        languageLabel={t("library.language")}
        max={200}
        create={api.libraries.create}
        onMade={({ id }) => void navigate(places.library(id))}
        foot={({ ready }) => (
          <div className="sheet-foot">
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button look="primary" type="submit" disabled={!ready}>
              {t("library.make")}
            </Button>
          </div>
        )}
      />
    </Sheet>
  );
}
