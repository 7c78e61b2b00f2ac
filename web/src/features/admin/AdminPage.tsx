import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon } from "../../ui/Icon";
import { useTitle } from "../../ui/useTitle";
import "./admin.css";

/** The frame of a page of administration: where one is, what it is for, and the way back. */
export function AdminPage({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  useTitle(title);
  return (
    <>
      <Link className="back" to="/admin">
        <Icon name="back" size={18} />
        {t("admin.back")}
      </Link>
      <div className="page-head">
        <h1>{title}</h1>
        <p>{lead}</p>
      </div>
      {children}
    </>
  );
}
