import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import { ApiError, api } from "../../api";
import { paths } from "../../routes/paths";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { useSession } from "../session/session";
import { useDoing } from "../session/useDoing";
import { Desk } from "./Desk";
import { NewAccountForm } from "./NewAccountForm";

/** Used, withdrawn or run out; or a link that lost its end on the way. */
const OVER = [410, 422];

/** What stands behind the `#` of an invitation's link: it never reaches a server's log, and leaves the address. */
export default function InvitationPage() {
  const { t } = useTranslation();
  const { entered } = useSession();
  const { busy, problem, run } = useDoing();
  const [token] = useState(() => location.hash.slice(1));
  const [load] = useState(() => () => api.invitations.welcome({ token }));
  const [welcome, again] = useResource(load);
  const [done, setDone] = useState(false);
  useTitle(t("people.door.make"));

  useEffect(() => history.replaceState(history.state, "", location.pathname), []);

  if (done) return <Navigate to={paths.home} replace />;
  const over =
    welcome.state === "failed" &&
    welcome.error instanceof ApiError &&
    OVER.includes(welcome.error.status);
  const known = welcome.state === "ready" ? welcome.value : null;
  return (
    <Desk
      title={known ? t("people.door.invitedTitle", { school: known.school }) : t("product")}
      lead={
        known
          ? t("people.door.invitedLead", { role: t(`people.roles.${known.role}`) })
          : t("signIn.lead")
      }
    >
      {over ? (
        <Notice>{t("people.door.invitationOver")}</Notice>
      ) : (
        <Loaded resource={welcome} again={again}>
          {() => (
            <NewAccountForm
              submit={t("people.door.make")}
              busy={busy}
              problem={problem}
              onMake={(account) =>
                void run(async () => {
                  const { person } = await api.invitations.accept({ token, ...account });
                  entered(person);
                  setDone(true);
                })
              }
            />
          )}
        </Loaded>
      )}
      <Link className="desk-link" to={paths.signIn}>
        {t("people.door.back")}
      </Link>
    </Desk>
  );
}
