import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type PersonWithPassword } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Sheet } from "../../ui/Sheet";
import { useDoing } from "../session/useDoing";
import { OneTimePassword } from "./OneTimePassword";
import { PersonFields } from "./PersonFields";
import { roleOf } from "./roles";

export function AddPerson({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { busy, problem, run } = useDoing();
  const [made, setMade] = useState<PersonWithPassword | null>(null);

  function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void run(async () => {
      setMade(
        await api.people.add({
          name: String(form.get("name")),
          username: String(form.get("username")),
          email: String(form.get("email")) || null,
          role: roleOf(form.get("role")),
          language: form.get("language") === "zh" ? "zh" : "en",
        }),
      );
    });
  }

  return (
    <Sheet kind="card" label={t("people.list.addTitle")} onClose={onClose}>
      <div className="person-sheet">
        <h2>{t("people.list.addTitle")}</h2>
        {made === null ? (
          <form className="person-form" onSubmit={add}>
            <PersonFields />
            {problem !== null && <Notice>{problem}</Notice>}
            <p className="card-actions">
              <Button type="submit" look="primary" disabled={busy} data-testid="add">
                {t("people.list.add")}
              </Button>
              <Button look="plain" onClick={onClose}>
                {t("common.cancel")}
              </Button>
            </p>
          </form>
        ) : (
          <>
            <p>{t("people.list.added", { name: made.person.name })}</p>
            <OneTimePassword made={made} />
            <Button look="primary" onClick={onClose}>
              {t("people.close")}
            </Button>
          </>
        )}
      </div>
    </Sheet>
  );
}
