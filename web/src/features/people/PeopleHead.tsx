import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { useTitle } from "../../ui/useTitle";
import "./people.css";

const TABS = [
  ["/people", "people.list.tabPeople"],
  ["/people/invitations", "people.list.tabInvitations"],
  ["/people/list", "people.list.tabImport"],
  ["/people/sign-in", "people.list.tabProviders"],
] as const;

/** The head that all pages about people share. */
export function PeopleHead({ lead }: { lead: ReactNode }) {
  const { t } = useTranslation();
  useTitle(t("people.list.title"));
  return (
    <header className="page-head">
      <h1>{t("people.list.title")}</h1>
      <p>{lead}</p>
      <nav className="tabs" aria-label={t("people.list.tabs")}>
        {TABS.map(([path, name]) => (
          <NavLink key={path} to={path} end>
            {t(name)}
          </NavLink>
        ))}
      </nav>
    </header>
  );
}
