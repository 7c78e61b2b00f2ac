import { useTranslation } from "react-i18next";
import { useTitle } from "../../ui/useTitle";
import { usePerson } from "../session/session";
import { About } from "./About";
import { Devices } from "./Devices";
import { OwnData } from "./OwnData";
import { PasswordChange } from "./PasswordChange";
import "./profile.css";

/** Everything that is one's own: name, language, password, devices, data. */
export default function ProfilePage() {
  const { t } = useTranslation();
  const person = usePerson();
  useTitle(t("people.profile.title"));
  return (
    <>
      <header className="page-head">
        <h1>{t("people.profile.title")}</h1>
        <p>
          {t("people.profile.lead", {
            username: person.username,
            role: t(`people.roles.${person.role}`),
            school: person.tenant.name,
          })}
        </p>
      </header>
      <div className="cards">
        <About />
        <PasswordChange />
        <Devices />
        <OwnData />
      </div>
    </>
  );
}
