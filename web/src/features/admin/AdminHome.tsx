import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useTitle } from "../../ui/useTitle";
import "./admin.css";

const ROOMS = ["usage", "retention", "data", "contacts", "servers", "jobs"] as const;

/** What an administrator looks after, one room each. */
export default function AdminHome() {
  const { t } = useTranslation();
  useTitle(t("admin.title"));
  return (
    <>
      <div className="page-head">
        <h1>{t("admin.title")}</h1>
        <p>{t("admin.lead")}</p>
      </div>
      <ul className="school-rooms">
        {ROOMS.map((room) => (
          <li key={room}>
            <Link className="room-card" to={`/admin/${room}`} data-testid={`room-${room}`}>
              <strong>{t(`admin.${room}.title`)}</strong>
              <span>{t(`admin.${room}.lead`)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
