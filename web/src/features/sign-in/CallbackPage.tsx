import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import { api, type Return } from "../../api";
import { paths } from "../../routes/paths";
import { Notice } from "../../ui/Notice";
import { useTitle } from "../../ui/useTitle";
import { useSession } from "../session/session";
import { useDoing } from "../session/useDoing";
import { Desk } from "./Desk";

/** Where another organisation sends the browser back to. What it says is used once and leaves the address. */
export default function CallbackPage() {
  const { t } = useTranslation();
  const { entered } = useSession();
  const { busy, problem, run } = useDoing();
  const [done, setDone] = useState(false);
  const [trip] = useState(said);
  const asked = useRef(false);
  useTitle(t("signIn.title"));

  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    history.replaceState(history.state, "", location.pathname);
    if (trip === null) return;
    void run(async () => {
      const { person } = await api.sso.arrive(trip);
      entered(person);
      setDone(true);
    });
  }, [entered, run, trip]);

  if (done) return <Navigate to={paths.home} replace />;
  if (busy || (trip !== null && problem === null)) {
    return (
      <Desk title={t("product")} lead={t("people.door.waiting")}>
        {null}
      </Desk>
    );
  }
  return (
    <Desk title={t("people.door.brokenTitle")} lead={t("people.door.cancelled")}>
      {problem !== null && <Notice>{problem}</Notice>}
      <Link className="desk-link" to={paths.signIn}>
        {t("people.door.back")}
      </Link>
    </Desk>
  );
}

/** What the other organisation sent along; null when it refused, or when nobody was sent. */
function said(): Return | null {
  const words = new URLSearchParams(location.search);
  const code = words.get("code");
  const state = words.get("state");
  return code === null || state === null ? null : { code, state, iss: words.get("iss") };
}
