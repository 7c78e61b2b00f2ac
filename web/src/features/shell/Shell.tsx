import { useState } from "react";
import { useTranslation } from "react-i18next";
import { matchPath, NavLink, Outlet, useLocation } from "react-router";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Icon, Logo } from "../../ui/Icon";
import { useMedia } from "../../ui/useMedia";
import { AlertBadge } from "../classes/AlertBadge";
import { usePerson, useSession } from "../session/session";
import { MoreSheet } from "./MoreSheet";
import { LanguageSwitch, ThemeSwitch } from "./Switches";
import { entriesFor, ON_DESK, ON_PHONE, type Place, shared } from "./way";
import "./shell.css";

/** The frame of every page but the lesson: the way around it stands at the side, or on a phone below. */
export function Shell() {
  const { t } = useTranslation();
  const { leave } = useSession();
  const person = usePerson();
  const phone = useMedia("(max-width: 860px)");
  const [more, setMore] = useState(false);
  const places = entriesFor(person.role);
  const [shown, hidden] = shared(places, phone ? ON_PHONE : ON_DESK);
  const { pathname } = useLocation();
  const behind = hidden.some(({ path, end }) => matchPath({ path, end }, pathname) !== null);
  const profile = t("people.shell.profile", { name: person.name });
  return (
    <div className="house">
      <a className="skip" href="#main">
        {t("common.skip")}
      </a>
      <header className="bar">
        <NavLink className="brand" to={paths.home} end>
          <Logo />
          <span className="brand-name">{t("product")}</span>
        </NavLink>
        <div className="bar-tools">
          <LanguageSwitch />
          <ThemeSwitch />
          <NavLink
            className="bar-person"
            to={paths.profile}
            aria-label={profile}
            title={profile}
            data-testid="profile"
          >
            <span aria-hidden="true">{[...person.name][0] ?? "·"}</span>
          </NavLink>
          <Button
            look="plain"
            icon="leave"
            iconOnly
            onClick={() => void leave()}
            data-testid="sign-out"
          >
            {t("shell.signOut")}
          </Button>
        </div>
      </header>
      <nav className="wayfinder" aria-label={t("shell.navigation")}>
        <ul>
          {shown.map((place) => (
            <li key={place.path}>
              <Way place={place} />
            </li>
          ))}
          {hidden.length > 0 && (
            <li>
              <button
                type="button"
                className="wayfinder-place"
                aria-haspopup="dialog"
                aria-current={behind ? "true" : undefined}
                onClick={() => setMore(true)}
                data-testid="more"
              >
                <Icon name="more" />
                <span>{t("people.shell.more")}</span>
              </button>
            </li>
          )}
        </ul>
      </nav>
      <main id="main" className="page" tabIndex={-1}>
        <Outlet />
      </main>
      {more && <MoreSheet places={hidden} onClose={() => setMore(false)} />}
    </div>
  );
}

function Way({ place: { path, nav, icon, end } }: { place: Place }) {
  const { t } = useTranslation();
  return (
    <NavLink className="wayfinder-place" to={path} end={end}>
      <Icon name={icon} />
      <span>{t(`nav.${nav}`)}</span>
      {nav === "alerts" && <AlertBadge />}
    </NavLink>
  );
}
