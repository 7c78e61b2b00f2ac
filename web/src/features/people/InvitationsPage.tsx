import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type InvitationCard } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { QrCode } from "../../ui/QrCode";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { Choice, Field } from "../session/Field";
import { type Doing, useDoing } from "../session/useDoing";
import { Copied } from "./Copied";
import { PeopleHead } from "./PeopleHead";
import { ROLES, roleOf } from "./roles";

const DAYS = [1, 7, 14, 30];

/** Behind the `#`, so that the token reaches no server's log. */
const linkOf = (token: string) => `${location.origin}${paths.invitation}#${token}`;

export default function InvitationsPage() {
  const { t } = useTranslation();
  const [listed, again] = useResource(api.invitations.listed);
  const doing = useDoing();
  const [link, setLink] = useState<string | null>(null);

  function make(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const page = event.currentTarget;
    const form = new FormData(page);
    void doing.run(async () => {
      const { token } = await api.invitations.make({
        role: roleOf(form.get("role")),
        label: String(form.get("label")),
        days: Number(form.get("days")),
      });
      setLink(linkOf(token));
      page.reset();
      again();
    });
  }

  return (
    <>
      <PeopleHead lead={t("people.invitations.lead")} />
      <form className="inviting" onSubmit={make}>
        <Field
          label={t("people.invitations.label")}
          hint={t("people.invitations.labelHint")}
          name="label"
          maxLength={200}
          autoComplete="off"
        />
        <Choice label={t("people.role")} name="role" defaultValue="teacher">
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {t(`people.roles.${role}`)}
            </option>
          ))}
        </Choice>
        <Choice label={t("people.invitations.days")} name="days" defaultValue={7}>
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {days}
            </option>
          ))}
        </Choice>
        <Button type="submit" look="primary" disabled={doing.busy} data-testid="invite">
          {t("people.invitations.submit")}
        </Button>
      </form>
      {doing.problem !== null && <Notice>{doing.problem}</Notice>}
      {link !== null && (
        <div className="once-card" role="status">
          <p>{t("people.invitations.linkLead")}</p>
          <Copied key={link} label={t("people.invitations.link")} value={link} />
          <QrCode value={link} label={t("people.invitations.scan")} />
        </div>
      )}
      <Loaded resource={listed} again={again}>
        {({ invitations }) =>
          invitations.length === 0 ? (
            <div className="empty">
              <p>{t("people.invitations.empty")}</p>
            </div>
          ) : (
            <ul className="entries">
              {invitations.map((invitation) => (
                <Row
                  key={invitation.id}
                  invitation={invitation}
                  doing={doing}
                  onLink={(token) => setLink(linkOf(token))}
                  onChange={again}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

interface RowProps {
  invitation: InvitationCard;
  doing: Doing;
  onLink: (token: string) => void;
  onChange: () => void;
}

function Row({ invitation, doing: { busy, run }, onLink, onChange }: RowProps) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const { id, label, role, standing, expires_at } = invitation;
  return (
    <li className="entry">
      <div className="entry-words">
        <p>
          <strong>{label || t("people.invitations.someone")}</strong>{" "}
          <span className={standing === "open" ? "standing standing-new" : "standing"}>
            {t(`people.invitations.standings.${standing}`)}
          </span>
        </p>
        <p className="small">
          {t(`people.roles.${role}`)}, {t("people.invitations.until", { when: day(expires_at) })}
        </p>
      </div>
      {(standing === "open" || standing === "over") && (
        <Button
          disabled={busy}
          onClick={() =>
            void run(async () => {
              onLink((await api.invitations.renew(id)).token);
              onChange();
            })
          }
        >
          {t("people.invitations.renew")}
        </Button>
      )}
      {standing === "open" && (
        <Button
          look="plain"
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await api.invitations.revoke(id);
              onChange();
            })
          }
        >
          {t("people.invitations.revoke")}
        </Button>
      )}
    </li>
  );
}
