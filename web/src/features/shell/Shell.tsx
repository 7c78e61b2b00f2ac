import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Logo } from "../../ui/Icon";
import { useSession } from "../session/session";
import { LanguageSwitch, ThemeSwitch } from "./Switches";
import "./shell.css";

/** The frame of every page but the lesson. */
export function Shell() {
  const { t } = useTranslation();
  const { leave } = useSession();
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
            {t("shell.tutors")}
          </NavLink>
          <NavLink to={paths.history}>{t("shell.history")}</NavLink>
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
