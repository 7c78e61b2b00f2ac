import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type PersonCard, type PersonWithPassword } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Sheet } from "../../ui/Sheet";
import { usePerson } from "../session/session";
import { useDoing } from "../session/useDoing";
import { OneTimePassword } from "./OneTimePassword";
import { PersonFields } from "./PersonFields";
import { roleOf } from "./roles";

interface Props {
  person: PersonCard;
  onClose: () => void;
}

/** One person: what is written about them, and what they may do. */
export function PersonSheet({ person: opened, onClose }: Props) {
  const { t } = useTranslation();
  const me = usePerson();
  const { busy, problem, run } = useDoing();
  const [person, setPerson] = useState(opened);
  const [done, setDone] = useState("");

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setDone("");
    void run(async () => {
      const changed = await api.people.change(person.id, {
        name: String(form.get("name")),
        username: String(form.get("username")),
        email: String(form.get("email")),
        role: roleOf(form.get("role")),
        language: form.get("language") === "zh" ? "zh" : "en",
      });
      setPerson(changed);
      setDone(t("people.saved"));
    });
  }

  return (
    <Sheet kind="card" label={person.name} onClose={onClose}>
      <div className="person-sheet">
        <h2>{person.name}</h2>
        <form className="person-form" onSubmit={save}>
          <PersonFields person={person} />
          {problem !== null && <Notice>{problem}</Notice>}
          <p className="card-actions">
            <Button type="submit" look="primary" disabled={busy} data-testid="save-person">
              {t("people.save")}
            </Button>
            <Button look="plain" onClick={onClose}>
              {t("people.close")}
            </Button>
            <span role="status">{done}</span>
          </p>
        </form>
        {person.id !== me.id && <Access person={person} onChange={setPerson} onGone={onClose} />}
      </div>
    </Sheet>
  );
}

interface AccessProps {
  person: PersonCard;
  onChange: (person: PersonCard) => void;
  onGone: () => void;
}

/** The ways in of somebody else: given, taken, deleted. */
function Access({ person, onChange, onGone }: AccessProps) {
  const { t } = useTranslation();
  const { busy, problem, run } = useDoing();
  const [made, setMade] = useState<PersonWithPassword | null>(null);
  const [done, setDone] = useState("");
  const [sure, setSure] = useState(false);

  return (
    <section className="person-more" aria-labelledby="access">
      <h3 id="access">{t("people.list.access")}</h3>
      {made !== null && <OneTimePassword made={made} />}
      {problem !== null && <Notice>{problem}</Notice>}
      <p role="status">{done}</p>
      <div className="card-actions">
        <Button
          disabled={busy}
          data-testid="new-password"
          onClick={() => void run(async () => setMade(await api.people.newPassword(person.id)))}
        >
          {t("people.list.newPassword")}
        </Button>
        <Button
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await api.people.signOut(person.id);
              setDone(t("people.list.signedOut", { name: person.name }));
            })
          }
        >
          {t("people.list.signOut")}
        </Button>
        <Button
          disabled={busy}
          data-testid="disable"
          onClick={() =>
            void run(async () =>
              onChange(await api.people.change(person.id, { disabled: !person.disabled })),
            )
          }
        >
          {t(person.disabled ? "people.list.enable" : "people.list.disable")}
        </Button>
        {!sure && (
          <Button look="plain" disabled={busy} onClick={() => setSure(true)}>
            {t("people.list.remove")}
          </Button>
        )}
      </div>
      {sure && (
        <Notice
          actions={
            <>
              <Button
                disabled={busy}
                data-testid="remove"
                onClick={() =>
                  void run(async () => {
                    await api.people.remove(person.id);
                    onGone();
                  })
                }
              >
                {t("people.list.removeYes")}
              </Button>
              <Button look="plain" onClick={() => setSure(false)}>
                {t("common.cancel")}
              </Button>
            </>
          }
        >
          {t("people.list.removeSure", { name: person.name })}
        </Notice>
      )}
    </section>
  );
}
