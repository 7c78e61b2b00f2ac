import { useTranslation } from "react-i18next";
import type { ImportPreview } from "../../api";
import { Notice } from "../../ui/Notice";

/** Every line of a class list as it was understood, with what is wrong with it. */
export function ImportLines({ seen }: { seen: ImportPreview }) {
  const { t } = useTranslation();
  if (seen.problem !== null) return <Notice>{t(`people.importing.whole.${seen.problem}`)}</Notice>;
  const wrong = seen.lines.filter(({ problems }) => problems.length > 0).length;
  return (
    <>
      <p role="status" className="importing-sum">
        {wrong > 0
          ? t("people.importing.wrong", { count: wrong })
          : t("people.importing.ready", { count: seen.lines.length })}
      </p>
      <table className="people">
        <thead>
          <tr>
            <th scope="col">{t("people.importing.line")}</th>
            <th scope="col">{t("people.name")}</th>
            <th scope="col">{t("people.username")}</th>
            <th scope="col">{t("people.list.state")}</th>
          </tr>
        </thead>
        <tbody>
          {seen.lines.map((line) => (
            <tr key={line.line} data-wrong={line.problems.length > 0 || undefined}>
              <td>{line.line}</td>
              <th scope="row">{line.name || "–"}</th>
              <td>{line.username}</td>
              <td>
                {line.problems.length === 0
                  ? t("people.importing.ok")
                  : line.problems
                      .map((problem) => t(`people.importing.problems.${problem}`))
                      .join(", ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
