import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type FaceBrief } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { Poster } from "../../ui/Poster";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { useSession } from "../session/session";
import { places } from "../tutors/places";
import { NewFace } from "./NewFace";
import { PolicyCard } from "./PolicyCard";
import "../tutors/tutors.css";
import "./studio.css";

const load = async () => (await api.faces.every()).faces;

/** The faces of the school. */
export default function StudioPage() {
  const { t } = useTranslation();
  const { current } = useSession();
  const [faces, again] = useResource(load);
  const [making, setMaking] = useState(false);
  useTitle(t("studio.title"));
  const manages = current.state === "in" && current.person.role === "admin";
  return (
    <>
      <div className="page-head work-head">
        <div>
          <h1>{t("studio.title")}</h1>
          <p>{t("studio.lead")}</p>
        </div>
        <Button look="primary" icon="plus" onClick={() => setMaking(true)} data-testid="new-face">
          {t("studio.new")}
        </Button>
      </div>
      <Loaded resource={faces} again={again}>
        {(found) =>
          found.length === 0 ? (
            <div className="empty">
              <h2>{t("studio.emptyTitle")}</h2>
              <p>{t("studio.empty")}</p>
              <Button look="primary" onClick={() => setMaking(true)}>
                {t("studio.new")}
              </Button>
            </div>
          ) : (
            <ul className="gallery" data-testid="faces">
              {found.map((face) => (
                <li key={face.id}>
                  <Card face={face} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {manages && <PolicyCard />}
      {making && <NewFace onClose={() => setMaking(false)} />}
    </>
  );
}

function Card({ face }: { face: FaceBrief }) {
  const { t } = useTranslation();
  return (
    <Link className="gallery-card" to={places.face(face.id)} data-testid="face">
      <span className="gallery-face">
        <Poster name={face.name} url={face.poster_url} />
      </span>
      <strong>{face.name}</strong>
      <span className={`state state-${face.state}`}>{t(`studio.state.${face.state}`)}</span>
    </Link>
  );
}
