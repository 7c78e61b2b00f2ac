import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Sheet } from "../../ui/Sheet";
import type { Place } from "./way";

interface Props {
  places: readonly Place[];
  onClose: () => void;
}

/** The pages for which the bar has no room. */
export function MoreSheet({ places, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Sheet kind="card" label={t("people.shell.menu")} onClose={onClose}>
      <nav className="more" aria-label={t("people.shell.menu")}>
        <ul>
          {places.map(({ path, nav, icon, end }) => (
            <li key={path}>
              <NavLink className="more-place" to={path} end={end} onClick={onClose}>
                <Icon name={icon} />
                <span>{t(`nav.${nav}`)}</span>
              </NavLink>
            </li>
          ))}
        </ul>
        <Button look="plain" onClick={onClose}>
          {t("people.close")}
        </Button>
      </nav>
    </Sheet>
  );
}
