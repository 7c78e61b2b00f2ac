import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import "./admin.css";

/** Whether both halves work; for everybody, signed in or not. */
export default function StatusPage() {
  const { t } = useTranslation();
  const [status, again] = useResource(api.gateway.status);
  useTitle(t("admin.status.title"));
  return (
    <>
      <Link className="back" to={paths.home}>
        <Icon name="back" size={18} />
        {t("admin.status.back")}
      </Link>
      <div className="page-head">
        <h1>{t("admin.status.title")}</h1>
        <p>{t("admin.status.lead")}</p>
      </div>
      <Loaded resource={status} again={again}>
        {(found) => {
          const lessons = found.engine_reachable ? "works" : "away";
          return (
            <>
              <ul className="records" data-testid="status">
                <li>
                  <span className="record-words">
                    <strong>{t("admin.status.records")}</strong>
                    <span className="small quiet">{t("admin.status.recordsAbout")}</span>
                  </span>
                  <span className="state-word" data-state="serving">
                    {t("admin.status.works")}
                  </span>
                </li>
                <li>
                  <span className="record-words">
                    <strong>{t("admin.status.lessons")}</strong>
                    <span className="small quiet">{t("admin.status.lessonsAbout")}</span>
                  </span>
                  <span
                    className="state-word"
                    data-state={found.engine_reachable ? "serving" : "away"}
                  >
                    {t(`admin.status.${lessons}`)}
                  </span>
                </li>
              </ul>
              <div className="row-actions">
                <Button onClick={again}>{t("admin.refresh")}</Button>
              </div>
            </>
          );
        }}
      </Loaded>
    </>
  );
}
