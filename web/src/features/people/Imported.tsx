import { useTranslation } from "react-i18next";
import type { ImportResult } from "../../api";
import { Button } from "../../ui/Button";
import { useFormats } from "../../ui/useFormats";
import { CopyAll } from "./Copied";

interface Props {
  result: ImportResult;
  onAnother: () => void;
}

/** The new accounts with their one-time passwords: to print, to copy, and then gone. */
export function Imported({ result, onAnother }: Props) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const table = result.people
    .map(({ name, username, password }) => `${name}\t${username}\t${password}`)
    .join("\n");
  return (
    <>
      <p>{t("people.importing.doneLead", { date: day(result.password_until) })}</p>
      <table className="people" data-testid="imported">
        <thead>
          <tr>
            <th scope="col">{t("people.name")}</th>
            <th scope="col">{t("people.username")}</th>
            <th scope="col">{t("people.oneTime.title")}</th>
          </tr>
        </thead>
        <tbody>
          {result.people.map((person) => (
            <tr key={person.username}>
              <th scope="row">{person.name}</th>
              <td>{person.username}</td>
              <td>
                <code>{person.password}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="card-actions no-print">
        <CopyAll text={table} />
        <Button onClick={() => print()}>{t("people.importing.print")}</Button>
        <Button look="plain" onClick={onAnother}>
          {t("people.importing.another")}
        </Button>
      </div>
    </>
  );
}
