import { useTranslation } from "react-i18next";
import type { PersonCard } from "../../api";
import { useFormats } from "../../ui/useFormats";

interface Props {
  people: readonly PersonCard[];
  onOpen: (person: PersonCard) => void;
}

/** A table on a desk, cards on a phone. */
export function PeopleTable({ people, onOpen }: Props) {
  const { t } = useTranslation();
  const { day } = useFormats();
  return (
    <table className="people">
      <thead>
        <tr>
          <th scope="col">{t("people.name")}</th>
          <th scope="col">{t("people.username")}</th>
          <th scope="col">{t("people.role")}</th>
          <th scope="col">{t("people.list.state")}</th>
          <th scope="col">{t("people.list.seen")}</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.id} data-off={person.disabled || undefined}>
            <th scope="row">
              <button
                type="button"
                className="people-name"
                aria-label={t("people.list.open", { name: person.name })}
                onClick={() => onOpen(person)}
              >
                {person.name}
              </button>
            </th>
            <td>{person.username}</td>
            <td>{t(`people.roles.${person.role}`)}</td>
            <td>
              <State person={person} />
            </td>
            <td>{person.last_seen_at ? day(person.last_seen_at) : t("people.list.never")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function State({ person }: { person: PersonCard }) {
  const { t } = useTranslation();
  if (person.disabled) return <span className="standing standing-off">{t("people.list.off")}</span>;
  if (person.one_time_password) {
    return <span className="standing standing-new">{t("people.list.oneTime")}</span>;
  }
  return <span className="standing">{t("people.list.active")}</span>;
}
