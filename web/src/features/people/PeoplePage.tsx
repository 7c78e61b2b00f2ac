import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonCard, Role } from "../../api";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";
import { usePerson } from "../session/session";
import { AddPerson } from "./AddPerson";
import { PeopleHead } from "./PeopleHead";
import { PeopleTable } from "./PeopleTable";
import { PersonSheet } from "./PersonSheet";
import { ROLES } from "./roles";
import { usePeople } from "./usePeople";

const TYPING_MS = 250;

/** Everybody of the school: searched, opened, added. */
export default function PeoplePage() {
  const { t } = useTranslation();
  const { tenant } = usePerson();
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  const [role, setRole] = useState<Role | null>(null);
  const [open, setOpen] = useState<PersonCard | "new" | null>(null);
  const { page, error, again, more } = usePeople(words, role);

  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  const close = useCallback(() => {
    setOpen(null);
    again();
  }, [again]);

  return (
    <>
      <PeopleHead
        lead={
          page ? t("people.list.lead", { count: page.total, school: tenant.name }) : tenant.name
        }
      />
      <div className="finder">
        <input
          type="search"
          className="input"
          aria-label={t("people.list.search")}
          placeholder={t("people.list.search")}
          value={typed}
          maxLength={200}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <select
          className="input"
          aria-label={t("people.role")}
          value={role ?? ""}
          onChange={({ currentTarget }) =>
            setRole(ROLES.find((known) => known === currentTarget.value) ?? null)
          }
        >
          <option value="">{t("people.list.anyRole")}</option>
          {ROLES.map((known) => (
            <option key={known} value={known}>
              {t(`people.roles.${known}`)}
            </option>
          ))}
        </select>
        <Button look="primary" onClick={() => setOpen("new")} data-testid="add-person">
          {t("people.list.add")}
        </Button>
      </div>
      {error !== null && <Failed error={error} again={again} />}
      {error === null && page === null && (
        <p className="waiting" role="status">
          {t("common.loading")}
        </p>
      )}
      {page !== null && page.people.length === 0 && (
        <div className="empty">
          <h2>{t("people.list.emptyTitle")}</h2>
          <p>{t(words || role ? "people.list.none" : "people.list.empty")}</p>
        </div>
      )}
      {page !== null && page.people.length > 0 && (
        <PeopleTable people={page.people} onOpen={setOpen} />
      )}
      {page?.next && <Button onClick={more}>{t("people.more")}</Button>}
      {open === "new" && <AddPerson onClose={close} />}
      {open !== null && open !== "new" && <PersonSheet person={open} onClose={close} />}
    </>
  );
}
