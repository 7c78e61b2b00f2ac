import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { paths } from "../../routes/paths";
import { Icon } from "../../ui/Icon";
import { useTitle } from "../../ui/useTitle";
import { usePerson } from "../session/session";
import { CheckView } from "./CheckView";
import { ServerCheck } from "./ServerCheck";
import { browserTools, loopBeforeLesson } from "./tools";

/** The check before a lesson, as a page of its own. */
export default function CheckPage() {
  const { t } = useTranslation();
  const person = usePerson();
  const userId = String(person.id);
  const tools = useCallback(() => browserTools(userId, loopBeforeLesson), [userId]);
  useTitle(t("check.title"));
  return (
    <div className="check-page">
      <Link className="back" to={paths.home}>
        <Icon name="back" size={18} />
        {t("lesson.back")}
      </Link>
      <h1>{t("check.title")}</h1>
      <CheckView tools={tools} />
      {person.role === "admin" && <ServerCheck />}
    </div>
  );
}
