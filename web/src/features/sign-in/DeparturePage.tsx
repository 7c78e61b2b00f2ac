import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { paths } from "../../routes/paths";
import { Notice } from "../../ui/Notice";
import { useTitle } from "../../ui/useTitle";
import { useDoing } from "../session/useDoing";
import { Desk } from "./Desk";
import { leaveFor } from "./Offers";

/** A link that a school puts into its own portal: straight to its sign-in. */
export default function DeparturePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { problem, run } = useDoing();
  const asked = useRef(false);
  useTitle(t("signIn.title"));

  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void run(() => leaveFor(id));
  }, [id, run]);

  return (
    <Desk
      title={t(problem === null ? "product" : "people.door.brokenTitle")}
      lead={t(problem === null ? "people.door.leaving" : "people.door.cancelled")}
    >
      {problem !== null && <Notice>{problem}</Notice>}
      <Link className="desk-link" to={paths.signIn}>
        {t("people.door.back")}
      </Link>
    </Desk>
  );
}
