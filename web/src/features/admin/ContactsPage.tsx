import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { AdminPage } from "./AdminPage";
import { Outcome } from "./Outcome";
import { useAction } from "./useAction";

/** Who is told when a student needs help at once. */
export default function ContactsPage() {
  const { t } = useTranslation();
  const [contacts, again] = useResource(api.alerts.contacts);
  const [progress, run] = useAction();
  const [round, setRound] = useState(0);

  function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const wish = { name: String(given.get("name")), email: String(given.get("email")) };
    void run(() => api.alerts.addContact(wish)).then((added) => {
      if (!added) return;
      setRound(round + 1);
      again();
    });
  }

  return (
    <AdminPage title={t("admin.contacts.title")} lead={t("admin.contacts.lead")}>
      <Loaded resource={contacts} again={again}>
        {({ contacts: found }) =>
          found.length === 0 ? (
            <p className="empty">{t("admin.contacts.none")}</p>
          ) : (
            <ul className="records" data-testid="contacts">
              {found.map((contact) => (
                <li key={contact.id}>
                  <span className="record-words">
                    <strong>{contact.name}</strong>
                    <span className="small quiet">{contact.email}</span>
                  </span>
                  <Button
                    disabled={progress.state === "busy"}
                    onClick={() =>
                      void run(() => api.alerts.dropContact(contact.id)).then(
                        (gone) => gone && again(),
                      )
                    }
                  >
                    {t("admin.contacts.remove", { name: contact.name })}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <h2 className="section-head">{t("admin.contacts.add")}</h2>
      <form className="limits" onSubmit={add} key={round}>
        <div className="field">
          <label htmlFor="contact-name">{t("admin.contacts.name")}</label>
          <input
            className="input"
            id="contact-name"
            name="name"
            required
            maxLength={200}
            autoComplete="off"
          />
        </div>
        <div className="field">
          <label htmlFor="contact-email">{t("admin.contacts.email")}</label>
          <input
            className="input"
            id="contact-email"
            name="email"
            type="email"
            required
            maxLength={254}
            autoComplete="off"
          />
        </div>
        <Button
          look="primary"
          type="submit"
          disabled={progress.state === "busy"}
          data-testid="add-contact"
        >
          {t("admin.contacts.add")}
        </Button>
        <Outcome progress={progress} done={t("admin.saved")} />
      </form>
    </AdminPage>
  );
}
