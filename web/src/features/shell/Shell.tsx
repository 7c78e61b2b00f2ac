import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";
import { pages } from "../../routes/pages";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Logo } from "../../ui/Icon";
import { useSession } from "../session/session";
import { LanguageSwitch, ThemeSwitch } from "./Switches";
import "./shell.css";

/** The frame of every page but the lesson. */
export function Shell() {
  const { t } = useTranslation();
  const { current, leave } = useSession();
  const role = current.state === "in" ? current.person.role : null;
  const mine = pages.filter((page) => page.nav && role && (page.roles?.includes(role) ?? true));
  return (
    <>
      <a className="skip" href="#main">
        {t("common.skip")}
      </a>
      <header className="bar">
        <NavLink className="brand" to={paths.home} end>
          <Logo />
          <span className="brand-name">{t("product")}</span>
        </NavLink>
        <nav className="bar-pages" aria-label={t("shell.navigation")}>
          <NavLink to={paths.home} end>
            {t("nav.tutors")}
          </NavLink>
          <NavLink to={paths.history}>{t("nav.history")}</NavLink>
          {mine.map(({ path, nav }) => (
            <NavLink key={path} to={path}>
              {nav && t(`nav.${nav}`)}
            </NavLink>
          ))}
        </nav>
        <div className="bar-tools">
          <LanguageSwitch />
          <ThemeSwitch />
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
      <main id="main" className="page" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}
